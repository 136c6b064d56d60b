import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { acceptConnection, openListeningSocket } from '../../src/posix/listening-socket.ts';
import { poll } from '../../src/posix/poll.ts';
import { localAddress, peerAddress } from '../../src/posix/socket.ts';
import { setLinger, socketError } from '../../src/posix/socket-options.ts';

describe.runIf(posixAvailable())('poll', () => {
  const nothing = { readable: false, writable: false, error: false, hangUp: false, closed: false };

  async function connection() {
    const listening = openListeningSocket({ host: '127.0.0.1', port: 0 });
    onTestFinished(() => closeDescriptor(listening));
    const client = connect(localAddress(listening).port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    const { fd } = acceptConnection(listening)!;
    onTestFinished(() => closeDescriptor(fd));
    return { listening, client, fd };
  }

  it('tells of each descriptor what was asked about it', async () => {
    const { listening, client, fd } = await connection();
    expect(poll([{ fd: listening, readable: true }, { fd, readable: true, writable: true }, { fd }], 0)).toEqual([
      nothing,
      { ...nothing, writable: true },
      nothing,
    ]);
    client.write('x');
    expect(poll([{ fd, readable: true }], 10_000)).toEqual([{ ...nothing, readable: true }]);
  });

  it('waits as long as it was told to, and no longer', async () => {
    const { listening } = await connection();
    const start = performance.now();
    expect(poll([{ fd: listening, readable: true }], 20)).toEqual([nothing]);
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it('tells of resets and of descriptors that are not open', async () => {
    const { client, fd } = await connection();
    client.resetAndDestroy();
    await once(client, 'close');
    const [reset, closed] = poll([{ fd }, { fd: 0x7fffff }], 0);
    expect(reset).toMatchObject({ error: true, hangUp: true });
    expect(closed).toEqual({ ...nothing, closed: true });
    expect(() => peerAddress(fd)).toThrow(expect.objectContaining({ code: 'ENOTCONN', syscall: 'getpeername' }));
  });

  it('has the error that waits on a socket read and cleared by socketError', async () => {
    const { client, fd } = await connection();
    expect(socketError(fd)).toBeUndefined();
    client.resetAndDestroy();
    await once(client, 'close');
    expect(socketError(fd)).toMatchObject({ code: 'ECONNRESET', syscall: 'SO_ERROR' });
    expect(socketError(fd)).toBeUndefined();
  });

  it('sees the client reset when the server closes with a linger of 0', async () => {
    const { listening, client } = await connection();
    const another = connect(localAddress(listening).port, '127.0.0.1');
    await once(another, 'connect');
    const { fd } = acceptConnection(listening)!;
    setLinger(fd, 0);
    closeDescriptor(fd);
    const [error] = await once(another, 'error');
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    client.destroy();
  });
});
