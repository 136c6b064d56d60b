import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { poll } from '../../src/posix/poll.ts';
import { whenReadable } from '../../src/posix/readiness.ts';
import { localAddress, shutdown } from '../../src/posix/socket.ts';

/** How many descriptors of this process refer to the same socket. Linux. */
function descriptorsOf(fd: number): number {
  const target = (one: number | string) => {
    try {
      return readlinkSync(`/proc/self/fd/${one}`);
    } catch {
      // The descriptor of the listing itself.
      return undefined;
    }
  };
  return readdirSync('/proc/self/fd').filter((one) => target(one) === target(fd)).length;
}

describe.runIf(posixAvailable())('readiness', () => {
  let fd: number;

  beforeEach(() => {
    const listening = openListeningSocket({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => closeDescriptor(listening));
    fd = listening;
  });

  async function connected(): Promise<Socket> {
    const client = connect(localAddress(fd).port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    return client;
  }

  /** Takes a client and drops it. Whether there was one. */
  function accept(): boolean {
    const connection = acceptConnection(fd);
    if (connection !== undefined) closeDescriptor(connection.fd);
    return connection !== undefined;
  }

  /** Whether it is still pending after some turns of the loop, in each of which the kernel was asked. */
  async function pending(wait: Promise<void>): Promise<boolean> {
    let settled = false;
    void wait.then(() => (settled = true));
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    return !settled;
  }

  it('is waited for until a client comes, which is then there to be accepted', async () => {
    const ready = whenReadable(fd);
    expect(await pending(ready)).toBe(true);
    await connected();
    await ready;
    expect(accept()).toBe(true);
    expect(accept()).toBe(false);
  });

  it('is a level: it comes again for a client that nobody has accepted, and not for one that somebody has', async () => {
    await connected();
    await connected();
    await whenReadable(fd);
    expect(accept()).toBe(true);
    await whenReadable(fd);
    await whenReadable(fd);
    expect(accept()).toBe(true);
    const stop = new AbortController();
    const ready = whenReadable(fd, stop.signal);
    expect(await pending(ready)).toBe(true);
    stop.abort();
    await ready;
  });

  it('reaches all who wait; one of them gets the client, and the other waits again', async () => {
    const both = Promise.all([whenReadable(fd), whenReadable(fd)]);
    await connected();
    await both;
    expect([accept(), accept()]).toEqual([true, false]);
    const again = whenReadable(fd);
    expect(await pending(again)).toBe(true);
    await connected();
    await again;
  });

  it('ends with the signal, at once if that is aborted already, and leaves the socket listening', async () => {
    await whenReadable(fd, AbortSignal.abort());
    const stop = new AbortController();
    const ready = whenReadable(fd, stop.signal);
    stop.abort();
    await ready;
    await connected();
    await whenReadable(fd);
    expect(accept()).toBe(true);
  });

  it('ends when the socket is shut down, by whomever, and begins no more', async () => {
    const ready = whenReadable(fd);
    expect(await pending(ready)).toBe(true);
    shutdown(fd, 'both');
    await ready;
    await whenReadable(fd);
    expect(accept).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });

  it('does not read from a connection, whose data would be lost', async () => {
    const client = await connected();
    const { fd: connection } = acceptConnection(fd)!;
    onTestFinished(() => closeDescriptor(connection));
    client.write('precious');
    await whenReadable(connection);
    expect(poll([{ fd: connection, readable: true }], 10_000)[0]).toMatchObject({ readable: true });
  });

  it('fails for a descriptor that is not open', async () => {
    await expect(whenReadable(0x7fffff)).rejects.toMatchObject({ code: 'EBADF' });
  });

  it.runIf(process.platform === 'linux')(
    'leaves no descriptor, and takes no processor time while it waits',
    async () => {
      const before = descriptorsOf(fd);
      for (let round = 0; round < 50; round++) {
        const stop = new AbortController();
        const ready = whenReadable(fd, stop.signal);
        stop.abort();
        await ready;
      }
      expect(descriptorsOf(fd)).toBe(before);
      expect(before).toBe(1);

      const ready = whenReadable(fd);
      const cpu = process.cpuUsage();
      await delay(200);
      const { user, system } = process.cpuUsage(cpu);
      expect(user + system).toBeLessThan(100_000);
      await connected();
      await ready;
    },
  );

  it('is found in worker threads too, which can be terminated in the moment when a client comes', async () => {
    const built = (module: string) =>
      JSON.stringify(new URL(`../../dist/src/posix/${module}.js`, import.meta.url).href);
    const code = `
      import { parentPort } from 'node:worker_threads';
      const { whenReadable } = await import(${built('readiness')});
      const { acceptConnection } = await import(${built('listening-socket')});
      for (;;) {
        const ready = whenReadable(${fd});
        parentPort.postMessage('waiting');
        await ready;
        parentPort.postMessage(acceptConnection(${fd}));
      }`;
    const worker = new Worker(code, { eval: true, execArgv: ['--input-type=module'] });
    await once(worker, 'message');
    const client = await connected();
    const [connection] = await once(worker, 'message');
    expect(connection).toMatchObject({ remote: { address: '127.0.0.1', port: client.localPort } });
    closeDescriptor(connection.fd);
    await Promise.all([worker.terminate(), connected()]);
  });
});
