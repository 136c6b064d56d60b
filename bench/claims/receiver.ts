/** Takes one connection at a time, and reads from it for a while, as it is told to. */
import { Socket, type SocketConstructorOpts } from 'node:net';
import { closeDescriptor, setNonBlocking } from '../../src/posix/descriptor.ts';
import { errnoCall } from '../../src/posix/libc.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { whenReadable } from '../../src/posix/readiness.ts';
import { localAddress } from '../../src/posix/socket.ts';

const MEASURED_MS = 250;

/** By the event loop, into one buffer again and again; or by a loop of calls that wait for octets, in this thread. */
export type Way = 'onread' | 'recv';

export interface Received {
  readonly octets: number;
  readonly seconds: number;
  /** In the program and in the kernel, on all threads. */
  readonly processorSeconds: number;
}

const recv = errnoCall<[fd: number, buffer: Uint8Array, octets: number, flags: number]>(
  'long recv(int socket, uint8_t *buffer, size_t octets, int flags)',
);

/** Reads from a connection with room for so many octets at a time. Closes it. */
const RECEIVE: Readonly<Record<Way, (fd: number, octets: number) => Promise<Received>>> = {
  onread: (fd, octets) =>
    new Promise((resolve) => {
      const measured = new Measured();
      const callback = (taken: number) => {
        if (measured.add(taken)) return true;
        socket.destroy();
        resolve(measured.end());
        return false;
      };
      // The types know `onread` only of sockets that connect.
      const onread = { buffer: Buffer.allocUnsafeSlow(octets), callback };
      const socket = new Socket({ fd, readable: true, onread } as SocketConstructorOpts);
      socket.resume();
    }),

  async recv(fd, octets) {
    setNonBlocking(fd, false);
    const buffer = Buffer.allocUnsafeSlow(octets);
    const measured = new Measured();
    while (measured.add(recv(fd, buffer, octets, 0)));
    closeDescriptor(fd);
    return measured.end();
  },
};

class Measured {
  readonly #start = performance.now();
  readonly #processor = process.cpuUsage();
  #octets = 0;

  /** @returns whether to go on. */
  add(octets: number): boolean {
    this.#octets += octets;
    return performance.now() - this.#start < MEASURED_MS;
  }

  end(): Received {
    const { user, system } = process.cpuUsage(this.#processor);
    const seconds = (performance.now() - this.#start) / 1000;
    return { octets: this.#octets, seconds, processorSeconds: (user + system) / 1e6 };
  }
}

process.on('message', async ({ way, octets }: { way: Way; octets: number }) => {
  const listening = openListeningSocket({ host: '127.0.0.1', port: 0 });
  process.send!(localAddress(listening).port);
  await whenReadable(listening);
  const { fd } = acceptConnection(listening)!;
  closeDescriptor(listening);
  process.send!(await RECEIVE[way](fd, octets));
});
