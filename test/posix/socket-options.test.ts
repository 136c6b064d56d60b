import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { openListeningSocket } from '../../src/posix/listening-socket.ts';
import {
  getLinger,
  getSocketOption,
  keepUrgentDataInline,
  setLinger,
  setSocketOption,
} from '../../src/posix/socket-options.ts';
import { ipv6LoopbackAvailable } from '../support/ipv6.ts';
import { pythonAvailable } from '../support/python.ts';

/** Sends `AB`, then `X` as urgent data, then `CD`, and closes. Node itself cannot send urgent data. */
const SENDER = `
import socket, sys
client = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
client.sendall(b'AB')
client.send(b'X', socket.MSG_OOB)
client.sendall(b'CD')
client.close()
`;

/** The descriptor of a listening server; net has no public way to it. */
function descriptorOf(server: Server): number {
  return (server as unknown as { _handle: { fd: number } })._handle.fd;
}

const able = posixAvailable() && process.platform === 'linux' && pythonAvailable();

describe.runIf(able)('keepUrgentDataInline', () => {
  let server: Server;
  afterEach(() => server.close());

  async function receive(prepare: (server: Server) => void): Promise<string> {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    prepare(server);
    const accepted = once(server, 'connection');
    const sender = execFile('python3', ['-c', SENDER, String((server.address() as AddressInfo).port)]);
    const sent = once(sender, 'close');
    const [socket] = (await accepted) as [Socket];
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    await sent;
    return Buffer.concat(chunks).toString();
  }

  it('W8: leaves the urgent octet in the stream of every socket that the server accepts', async () => {
    expect(await receive((listening) => keepUrgentDataInline(descriptorOf(listening)))).toBe('ABXCD');
  });

  it('W8: is needed, as the kernel takes that octet out otherwise', async () => {
    expect(await receive(() => {})).toBe('ABCD');
  });

  it('fails on a descriptor that is not a socket', () => {
    expect(() => keepUrgentDataInline(0x7fffff)).toThrow(
      expect.objectContaining({ code: 'EBADF', syscall: 'setsockopt' }),
    );
  });
});

describe.runIf(posixAvailable())('socket options', () => {
  function opened(host = '127.0.0.1'): number {
    const fd = openListeningSocket({ host, port: 0 });
    onTestFinished(() => closeDescriptor(fd));
    return fd;
  }

  const switches = ['SO_REUSEADDR', 'SO_REUSEPORT', 'SO_KEEPALIVE', 'SO_OOBINLINE', 'TCP_NODELAY', 'TCP_CORK'] as const;

  it.each(switches)('%s is switched on and off, and nothing else with it', (option) => {
    const fd = opened();
    for (const other of switches) setSocketOption(fd, other, false);
    setSocketOption(fd, option, true);
    for (const other of switches) expect(getSocketOption(fd, other) !== 0, other).toBe(other === option);
    setSocketOption(fd, option, false);
    expect(getSocketOption(fd, option)).toBe(0);
  });

  it.each(['SO_SNDBUF', 'SO_RCVBUF'] as const)('%s is a number of octets, which Linux doubles', (option) => {
    const fd = opened();
    setSocketOption(fd, option, 20_000);
    expect(getSocketOption(fd, option)).toBe(process.platform === 'linux' ? 40_000 : 20_000);
  });

  it('TCP_KEEPIDLE is a number of seconds', () => {
    const fd = opened();
    setSocketOption(fd, 'TCP_KEEPIDLE', 17);
    expect(getSocketOption(fd, 'TCP_KEEPIDLE')).toBe(17);
  });

  it('IPV6_V6ONLY belongs to IPv6 sockets alone', ({ skip }) => {
    if (!ipv6LoopbackAvailable()) skip();
    const fd = opened('::');
    expect(getSocketOption(fd, 'IPV6_V6ONLY')).toBe(0);
    expect(() => getSocketOption(opened(), 'IPV6_V6ONLY')).toThrow(expect.objectContaining({ syscall: 'getsockopt' }));
  });

  it('linger is off, or a number of seconds, 0 included', () => {
    const fd = opened();
    expect(getLinger(fd)).toBeUndefined();
    setLinger(fd, 5);
    expect(getLinger(fd)).toBe(5);
    setLinger(fd, 0);
    expect(getLinger(fd)).toBe(0);
    setLinger(fd, undefined);
    expect(getLinger(fd)).toBeUndefined();
  });
});
