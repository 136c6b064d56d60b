import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PassivePorts } from '../../src/protocol/passive-ports.ts';

const US = '127.0.0.1';

function passivePorts(options?: ConstructorParameters<typeof PassivePorts>[0]): PassivePorts {
  const ports = new PassivePorts(options);
  onTestFinished(() => ports[Symbol.asyncDispose]());
  return ports;
}

async function dial(port: number, localAddress = US): Promise<Socket> {
  const socket = connect({ host: US, port, localAddress });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Connects, and is reset: before it learns that it was connected, or right after. */
async function turnedAway(port: number, localAddress = US): Promise<void> {
  const socket = connect({ host: US, port, localAddress });
  const [error] = await once(socket, 'error').catch((error: unknown) => [error]);
  expect(error).toMatchObject({ code: 'ECONNRESET' });
}

/** Ports that nobody uses at the moment: bound, noted and freed again. */
async function freeRange(count: number): Promise<readonly [number, number]> {
  for (let first = 40_000 + Math.floor(Math.random() * 10_000); ; first += count) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return [first, first + count - 1];
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: US, port }, () => server.close(() => resolve(true)));
  });
}

describe('passive ports', () => {
  test('give the connection of the client that is expected to its lease', async () => {
    const lease = await passivePorts().lease(US, US);
    const client = await dial(lease.port);
    const connection = await lease.connection;
    expect(connection.remotePort).toBe(client.localPort);
    lease.release();
  });

  test('S5: drop a stranger with a reset and go on waiting for the client', async () => {
    const ports = passivePorts();
    const lease = await ports.lease(US, US);
    await turnedAway(lease.port, '127.0.0.2');
    expect(ports.strangers).toBe(1);
    const client = await dial(lease.port);
    expect((await lease.connection).remotePort).toBe(client.localPort);
    lease.release();
  });

  test('S5: reset a second connection once the first one was accepted', async () => {
    const lease = await passivePorts().lease(US, US);
    await dial(lease.port);
    await lease.connection;
    await turnedAway(lease.port);
    lease.release();
  });

  test('keep their listener, so that the next lease needs no new port', async () => {
    const ports = passivePorts();
    const first = await ports.lease(US, US);
    first.release();
    const second = await ports.lease(US, US);
    expect(second.port).toBe(first.port);
    second.release();
  });

  test('serve clients of different addresses on the same port at the same time', async () => {
    const ports = passivePorts({ range: await freeRange(1) });
    const ours = await ports.lease(US, US);
    const theirs = await ports.lease('127.0.0.2', US);
    expect(theirs.port).toBe(ours.port);
    const client = await dial(ours.port, '127.0.0.2');
    expect((await theirs.connection).remotePort).toBe(client.localPort);
    ours.release();
    theirs.release();
  });

  test('S7: let a hundred leases of one address share ten ports, each waiting for one to be given back', async () => {
    const range = await freeRange(10);
    const ports = passivePorts({ range });
    const used = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const lease = await ports.lease(US, US);
        await dial(lease.port);
        await lease.connection;
        lease.release();
        return lease.port;
      }),
    );
    expect(used.every((port) => port >= range[0] && port <= range[1])).toBe(true);
  });

  test('pass over a port of the range that another program has', async () => {
    const [first, last] = await freeRange(2);
    const foreign = createServer();
    foreign.listen({ host: US, port: first });
    await once(foreign, 'listening');
    onTestFinished(() => void foreign.close());
    const ports = passivePorts({ range: [first, last] });
    const lease = await ports.lease(US, US);
    expect(lease.port).toBe(last);
    lease.release();
  });

  test('answer those who wait with 425 when they are closed', async () => {
    const ports = passivePorts({ range: await freeRange(1) });
    const held = await ports.lease(US, US);
    const waiting = ports.lease(US, US);
    const refused = expect(waiting).rejects.toMatchObject({ reply: { code: 425 } });
    await ports[Symbol.asyncDispose]();
    await refused;
    held.release();
  });

  test('reset a connection that came and was never taken, when the lease is given back', async () => {
    const lease = await passivePorts().lease(US, US);
    const client = await dial(lease.port);
    await lease.connection;
    lease.release();
    client.resume();
    await expect(once(client, 'close')).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
