import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type Server, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeDescriptor, isCloseOnExec, isNonBlocking } from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { poll } from '../../src/posix/poll.ts';
import { localAddress, peerAddress } from '../../src/posix/socket.ts';
import { getSocketOption } from '../../src/posix/socket-options.ts';
import { ipv6LoopbackAvailable } from '../support/ipv6.ts';

const linux = process.platform === 'linux';

function listening(host = '127.0.0.1', backlog?: number): { fd: number; port: number } {
  const fd = openListeningSocket({ host, port: 0, ...(backlog !== undefined && { backlog }) });
  onTestFinished(() => closeDescriptor(fd));
  return { fd, port: localAddress(fd).port };
}

/** A client; its connection is in the queue of the server when this is fulfilled. */
async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
  const client = connect({ port, host });
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  return client;
}

/** Accepts, as a client has connected for sure. */
function accepted(fd: number) {
  const connection = acceptConnection(fd);
  if (connection === undefined) throw new Error('nobody waits');
  onTestFinished(() => closeDescriptor(connection.fd));
  return connection;
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe.runIf(posixAvailable())('openListeningSocket', () => {
  it('listens where it was told to, non-blocking and closed on exec', async () => {
    const { fd, port } = listening();
    expect(localAddress(fd)).toEqual({ address: '127.0.0.1', port });
    expect(port).toBeGreaterThan(0);
    expect(isCloseOnExec(fd)).toBe(true);
    expect(isNonBlocking(fd)).toBe(true);
    await connected(port);
  });

  it.runIf(linux)('gives its options to the sockets that it accepts', async () => {
    const { fd, port } = listening();
    await connected(port);
    for (const socket of [fd, accepted(fd).fd]) {
      expect(getSocketOption(socket, 'SO_OOBINLINE')).toBe(1);
      expect(getSocketOption(socket, 'TCP_NODELAY')).toBe(1);
      expect(getSocketOption(socket, 'SO_KEEPALIVE')).toBe(1);
      expect(getSocketOption(socket, 'TCP_KEEPIDLE')).toBe(60);
      expect(getSocketOption(socket, 'SO_REUSEADDR')).toBe(1);
    }
  });

  it('takes IPv4 and IPv6 clients at ::', async ({ skip }) => {
    if (!ipv6LoopbackAvailable()) skip();
    const { fd, port } = listening('::');
    expect(getSocketOption(fd, 'IPV6_V6ONLY')).toBe(0);
    const six = await connected(port, '::1');
    expect(accepted(fd).remote).toEqual({ address: '::1', port: six.localPort });
    const four = await connected(port, '127.0.0.1');
    expect(accepted(fd).remote).toEqual({ address: '::ffff:127.0.0.1', port: four.localPort });
  });

  it('listens on a port that old connections still linger on (SO_REUSEADDR)', async () => {
    const first = openListeningSocket({ host: '127.0.0.1', port: 0 });
    const { port } = localAddress(first);
    const client = await connected(port);
    closeDescriptor(acceptConnection(first)!.fd);
    client.resume().end();
    await once(client, 'close');
    closeDescriptor(first);
    const second = openListeningSocket({ host: '127.0.0.1', port });
    closeDescriptor(second);
  });

  it('names the error and the call, and closes what it had opened', () => {
    const { port } = listening();
    const before = linux ? openDescriptors() : 0;
    const refused = (host: string, port: number) => () => openListeningSocket({ host, port });
    expect(refused('127.0.0.1', port)).toThrow(expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind' }));
    expect(refused('192.0.2.1', 0)).toThrow(expect.objectContaining({ code: 'EADDRNOTAVAIL', syscall: 'bind' }));
    expect(refused('localhost', 0)).toThrow(TypeError);
    expect(refused('127.0.0.1', 65_536)).toThrow(RangeError);
    if (linux) expect(openDescriptors()).toBe(before);
  });

  it('refuses the port of a server of Node, and Node refuses its port', async () => {
    const { port } = listening();
    const server: Server = createServer().listen(port, '127.0.0.1');
    const [error] = await once(server, 'error');
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe.runIf(posixAvailable())('acceptConnection', () => {
  it('is undefined while nobody waits', () => {
    expect(acceptConnection(listening().fd)).toBeUndefined();
  });

  it('takes one client at a time, in order, and leaves the others in the queue of the kernel', async () => {
    const { fd, port } = listening();
    const clients = [await connected(port), await connected(port), await connected(port)];
    for (const client of clients) {
      expect(poll([{ fd, readable: true }], 0)[0]).toMatchObject({ readable: true });
      const { fd: taken, remote } = accepted(fd);
      expect(remote).toEqual({ address: '127.0.0.1', port: client.localPort });
      expect(peerAddress(taken)).toEqual(remote);
      expect(localAddress(taken)).toEqual({ address: '127.0.0.1', port });
      expect(isCloseOnExec(taken)).toBe(true);
      expect(isNonBlocking(taken)).toBe(true);
    }
    expect(acceptConnection(fd)).toBeUndefined();
  });

  it('gives a descriptor that net.Socket serves and closes', async () => {
    const { fd, port } = listening();
    const client = await connected(port);
    const connection = acceptConnection(fd)!;
    const served = new Socket({ fd: connection.fd, allowHalfOpen: true });
    client.write('hello');
    const [heard] = await once(served, 'data');
    served.end('goodbye');
    const [answer] = await once(client, 'data');
    expect([String(heard), String(answer)]).toEqual(['hello', 'goodbye']);
    client.end();
    await once(served, 'close');
    expect(() => isCloseOnExec(connection.fd)).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('gives a client that has reset its connection meanwhile, with its address', async () => {
    const { fd, port } = listening();
    const client = await connected(port);
    const { localPort } = client;
    client.resetAndDestroy();
    await once(client, 'close');
    expect(accepted(fd).remote).toEqual({ address: '127.0.0.1', port: localPort });
  });

  it('throws what concerns the server: a socket that does not listen, a descriptor that is not open', async () => {
    const { fd, port } = listening();
    await connected(port);
    const notListening = accepted(fd).fd;
    expect(() => acceptConnection(notListening)).toThrow(
      expect.objectContaining({ code: 'EINVAL', syscall: 'accept' }),
    );
    expect(() => acceptConnection(0x7fffff)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'accept' }));
  });
});
