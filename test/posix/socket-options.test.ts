import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { posixAvailable } from '../../src/posix/libc.ts';
import { keepUrgentDataInline } from '../../src/posix/socket-options.ts';
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
