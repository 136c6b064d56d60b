import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { DataChannel } from '../../src/protocol/data-channel.ts';
import { Interruption } from '../../src/protocol/interruption.ts';
import type { PassiveLease } from '../../src/protocol/passive-leases.ts';
import { PassiveListener } from '../../src/protocol/passive-listener.ts';
import { PassivePorts } from '../../src/protocol/passive-ports.ts';
import { newSession } from '../../src/protocol/session.ts';
import { checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { protocolSettings } from '../../src/services/ftp-settings.ts';
import { createLog } from '../../src/services/log.ts';
import { freeRange } from '../support/free-range.ts';

const US = '127.0.0.1';

/** How long a port rests that was announced in vain. */
const REST_MS = 1_500;

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

/** @returns the port that the whole of a lease went over. */
async function transferOver(ports: PassivePorts): Promise<number> {
  const lease = await ports.lease(US, US);
  const client = connect({ host: US, port: lease.port });
  client.on('error', () => {});
  await lease.connection;
  client.destroy();
  lease.release();
  return lease.port;
}

async function announceInVain(ports: PassivePorts): Promise<number> {
  const lease = await ports.lease(US, US);
  lease.release();
  return lease.port;
}

/** @returns a function that tells how many listeners were bound from now on and not closed yet. */
function watchListeners(): () => number {
  const open = vi.spyOn(PassiveListener, 'open');
  const close = vi.spyOn(PassiveListener.prototype, 'close');
  onTestFinished(() => void vi.restoreAllMocks());
  return () => open.mock.calls.length - close.mock.calls.length;
}

function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
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

  test('keep their listeners: a thousand transfers one after the other open no more than sixteen ports', async () => {
    const ports = passivePorts();
    const used = new Set<number>();
    for (let i = 0; i < 1_000; i++) used.add(await transferOver(ports));
    expect(used.size).toBeLessThanOrEqual(16);
  });

  test('S5: change from one port to another that cannot be foretold', async () => {
    const ports = passivePorts();
    const used: number[] = [];
    for (let i = 0; i < 64; i++) used.push(await transferOver(ports));
    expect(new Set(used).size).toBe(16);
    const [first, second] = [used.slice(16, 32), used.slice(32, 48)];
    expect(first).not.toEqual(second);
  });

  test('do not give an address a port again right after it was announced to it in vain', async () => {
    const ports = passivePorts();
    const announced: number[] = [];
    for (let i = 0; i < 100; i++) announced.push(await announceInVain(ports));
    expect(new Set(announced).size).toBe(100);
  });

  test('reset a client that comes too late, though another session of its address waits', async () => {
    const ports = passivePorts({ range: await freeRange(10) });
    const port = await announceInVain(ports);
    const next = await ports.lease(US, US);
    await turnedAway(port);
    const client = await dial(next.port);
    expect((await next.connection).remotePort).toBe(client.localPort);
    next.release();
  });

  test('reset a connection that was made but not accepted yet when its lease was released', async () => {
    stopTheClock();
    const ports = passivePorts({ range: await freeRange(1) });
    const lease = await ports.lease(US, US);
    const early = turnedAway(lease.port);
    lease.release();
    const next = ports.lease(US, US);
    await early;
    await vi.advanceTimersByTimeAsync(REST_MS);
    (await next).release();
  });

  test('let an address wait until its only port has rested, and no other address', async () => {
    stopTheClock();
    const ports = passivePorts({ range: await freeRange(1) });
    const port = await announceInVain(ports);
    const others = await ports.lease('127.0.0.2', US);
    let again: PassiveLease | undefined;
    const waiting = ports.lease(US, US).then((lease) => {
      again = lease;
    });
    await vi.advanceTimersByTimeAsync(REST_MS - 1);
    expect(again).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect([others.port, again?.port]).toEqual([port, port]);
    others.release();
    again?.release();
  });

  test('wake who waits for the port that became free, not who waits longest', async () => {
    const ports = passivePorts({ range: await freeRange(1) });
    const held = [await ports.lease(US, US), await ports.lease('127.0.0.2', US)];
    const longest = ports.lease(US, US);
    const other = ports.lease('127.0.0.2', US);
    const started = performance.now();
    await dial(held[1]!.port, '127.0.0.2');
    (await other).release();
    expect(performance.now() - started).toBeLessThan(500);
    await dial(held[0]!.port);
    (await longest).release();
  });

  test('serve those of one address who wait in the order in which they came', async () => {
    const ports = passivePorts({ range: await freeRange(1) });
    const held = await ports.lease(US, US);
    const served: number[] = [];
    const all = [1, 2, 3].map(async (number) => {
      const lease = await ports.lease(US, US);
      served.push(number);
      await dial(lease.port);
      await lease.connection;
      lease.release();
    });
    await dial(held.port);
    await Promise.all(all);
    expect(served).toEqual([1, 2, 3]);
  });

  test.each(['without a range', 'in a wide range'])('S7: give descriptors back %s', async (which) => {
    const ports = passivePorts(which === 'in a wide range' ? { range: [20_000, 29_999] } : undefined);
    const listening = watchListeners();
    const leases = await Promise.all(Array.from({ length: 500 }, () => ports.lease(US, US)));
    expect(new Set(leases.map(({ port }) => port)).size).toBe(500);
    expect(listening()).toBe(500);
    for (const lease of leases) lease.release();
    expect(listening()).toBeLessThanOrEqual(64);
    for (let i = 0; i < 300; i++) await announceInVain(ports);
    expect(listening()).toBeLessThanOrEqual(64);
  });

  test('S7: close all listeners that nobody has needed for a while', async () => {
    stopTheClock();
    const ports = passivePorts();
    const listening = watchListeners();
    const needed = await ports.lease(US, US);
    for (let i = 0; i < 10; i++) await announceInVain(ports);
    expect(listening()).toBe(11);
    vi.advanceTimersByTime(20_000);
    expect(listening()).toBe(1);
    const client = await dial(needed.port);
    expect((await needed.connection).remotePort).toBe(client.localPort);
    needed.release();
  });

  test('S7: keep what a busy moment needed for the next one, and close it when no other comes', async () => {
    stopTheClock();
    const ports = passivePorts();
    const listening = watchListeners();
    const busyMoment = () => Promise.all(Array.from({ length: 100 }, () => transferOver(ports)));
    for (let moment = 0; moment < 3; moment++) await busyMoment();
    expect(listening()).toBe(100);
    for (let second = 0; second < 20; second++) {
      await transferOver(ports);
      vi.advanceTimersByTime(1_000);
    }
    expect(listening()).toBeLessThanOrEqual(16);
  });

  test('S7: let one address have a thousand ports at most, and others have theirs meanwhile', async () => {
    stopTheClock();
    const ports = passivePorts();
    const held = await Promise.all(Array.from({ length: 1_000 }, () => ports.lease(US, US)));
    const refused = expect(ports.lease(US, US)).rejects.toMatchObject({ reply: { code: 425 } });
    const others = await ports.lease('127.0.0.2', US);
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    for (const lease of [...held, others]) lease.release();
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

test('who waits longest for a port gets it, however often he has looked in vain', async () => {
  stopTheClock();
  const ports = passivePorts({ range: await freeRange(1) });
  const held = await ports.lease(US, US);
  const order: string[] = [];
  const first = ports.lease(US, US).then((lease) => {
    order.push('first');
    return lease;
  });
  await vi.advanceTimersByTimeAsync(700);
  const second = ports.lease(US, US).then((lease) => {
    order.push('second');
    return lease;
  });
  await vi.advanceTimersByTimeAsync(700);
  await dial(held.port);
  const lease = await first;
  expect(order).toEqual(['first']);
  await dial(lease.port);
  await second;
  expect(order).toEqual(['first', 'second']);
});

describe('a data channel that listens', () => {
  function dataChannel(ports: PassivePorts): DataChannel {
    const ours = newSession('1', { address: US, port: 1 }, { address: US, port: 2 });
    const settings = protocolSettings(checkFtpServiceOptions({ root: '.', timeouts: { dataConnectionMs: 5_000 } }));
    const log = createLog({ level: 'silent', format: 'text' });
    const channel = new DataChannel(ours, { settings, passivePorts: ports, log });
    onTestFinished(() => channel[Symbol.dispose]());
    return channel;
  }

  test('does not take a connection to the port that it announced before', async () => {
    const channel = dataChannel(passivePorts());
    for (let i = 0; i < 20; i++) {
      const early = turnedAway(await channel.listen(new Interruption()));
      const port = await channel.listen(new Interruption());
      await early;
      const client = await dial(port);
      const socket = await channel.open('send', new Interruption());
      expect(socket.remotePort).toBe(client.localPort);
    }
  });

  test('gets another port than its own from a range that others of its address have the rest of', async () => {
    const ports = passivePorts({ range: await freeRange(2) });
    const held = await ports.lease(US, US);
    const channel = dataChannel(ports);
    await channel.listen(new Interruption());
    const second = channel.listen(new Interruption());
    await dial(held.port);
    expect(await second).toBe(held.port);
  });

  test('leaves the queue for a port as soon as its session ends, and takes none', async () => {
    stopTheClock();
    const ports = passivePorts({ range: await freeRange(1) });
    const held = await ports.lease(US, US);
    const channel = dataChannel(ports);
    const session = new Interruption();
    const refused = expect(channel.listen(session)).rejects.toMatchObject({ reply: { code: 425 } });
    const next = ports.lease(US, US);
    session.abort();
    await refused;
    await dial(held.port);
    expect((await next).port).toBe(held.port);
  });
});
