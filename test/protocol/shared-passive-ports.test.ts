import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Interruption } from '../../src/protocol/interruption.ts';
import { PassiveListener } from '../../src/protocol/passive-listener.ts';
import { PassivePorts } from '../../src/protocol/passive-ports.ts';
import type { PortRange } from '../../src/protocol/port-ledger.ts';
import type { PortExchange } from '../../src/protocol/shared-range.ts';
import { SharedPorts } from '../../src/runtime/shared-ports.ts';
import { freeRange } from '../support/free-range.ts';

const US = '127.0.0.1';

/** How long a port rests that was announced in vain. */
const REST_MS = 1_500;

const REFUSED = { reply: { code: 425 } };

/** The units of a server, in one process. What they say to their parent and it to them takes a while, as messages do. */
class Units {
  readonly shared = new SharedPorts<object>();
  readonly range: PortRange;
  asks = 0;

  constructor(range: PortRange) {
    this.range = range;
  }

  start(): PassivePorts {
    const ports = new PassivePorts({ range: this.range, exchange: this.#exchangeOf() });
    onTestFinished(() => ports[Symbol.asyncDispose]());
    return ports;
  }

  /** @returns the unit, and what is called when its process has ended. */
  startOneThatEnds(): { ports: PassivePorts; ended: () => void } {
    const unit = {};
    const ports = new PassivePorts({ range: this.range, exchange: this.#exchangeOf(unit) });
    onTestFinished(() => ports[Symbol.asyncDispose]());
    return { ports, ended: () => this.shared.unitEnded(unit) };
  }

  #exchangeOf(unit: object = {}): PortExchange {
    return {
      acquire: async (range, wish) => {
        this.asks += 1;
        await message();
        const port = await this.shared.acquire(unit, range, wish);
        await message();
        return port;
      },
      giveBack: (port, address) => void message().then(() => this.shared.giveBack(unit, port, address)),
      onWanted: (spare) => this.shared.onWanted(unit, (address) => void message().then(() => spare(address))),
    };
  }
}

function message(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

async function units(ports: number): Promise<Units> {
  return new Units(await freeRange(ports));
}

async function dial(port: number, localAddress = US): Promise<Socket> {
  const socket = connect({ host: US, port, localAddress });
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** @returns the port that the whole of a lease went over. The client says who it is, and is heard over its own lease. */
async function transferOver(ports: PassivePorts, client = US, holdMs = 0): Promise<number> {
  const lease = await ports.lease(client, US);
  if (holdMs > 0) await new Promise((resolve) => void setTimeout(resolve, holdMs));
  const theirs = await dial(lease.port, client);
  const ours = await lease.connection;
  expect([ours.remotePort, ours.localPort]).toEqual([theirs.localPort, lease.port]);
  const name = String(Math.random());
  theirs.end(name);
  const [heard] = await once(ours.resume(), 'data');
  expect(String(heard)).toBe(name);
  ours.destroy();
  lease.release();
  return lease.port;
}

async function announceInVain(ports: PassivePorts, client = US): Promise<number> {
  const lease = await ports.lease(client, US);
  lease.release();
  return lease.port;
}

/** The ports bound now, and all that have been since this was called. */
function watchListeners(): { now: () => number[]; ever: Set<number> } {
  const bound: number[] = [];
  const ever = new Set<number>();
  const { open } = PassiveListener;
  vi.spyOn(PassiveListener, 'open').mockImplementation(async (address, port, onStranger) => {
    const listener = await open.call(PassiveListener, address, port, onStranger);
    bound.push(listener.port);
    ever.add(listener.port);
    return listener;
  });
  const { close } = PassiveListener.prototype;
  vi.spyOn(PassiveListener.prototype, 'close').mockImplementation(function (this: PassiveListener) {
    bound.splice(bound.indexOf(this.port), 1);
    close.call(this);
  });
  return { now: () => bound.toSorted(), ever };
}

function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Long enough for all messages that are under way, and for what they lead to. */
async function messagesArrived(): Promise<void> {
  for (let i = 0; i < 30; i++) await message();
}

afterEach(() => void vi.restoreAllMocks());

describe('a range of passive ports that units share', () => {
  test('S7: is enough for a hundred clients of four units, of one address, with ten ports', async () => {
    const all = await units(10);
    const { ever } = watchListeners();
    const ports = Array.from({ length: 4 }, () => all.start());
    const clients = Array.from({ length: 100 }, (_, i) => transferOver(ports[i % 4]!, US, (i * 7) % 20));
    expect(await Promise.all(clients)).toHaveLength(100);
    expect([...ever].every((port) => port >= all.range[0] && port <= all.range[1])).toBe(true);
  });

  test('S7: is enough for a hundred units with a client each and ten ports, again and again', async () => {
    const all = await units(10);
    const { ever } = watchListeners();
    const ports = Array.from({ length: 100 }, () => all.start());
    for (let round = 0; round < 3; round++) {
      await Promise.all(ports.map((unit, i) => transferOver(unit, US, (i * 7) % 20)));
    }
    expect([...ever].every((port) => port >= all.range[0] && port <= all.range[1])).toBe(true);
  });

  test('S7: is enough for units with clients of many addresses, though there are fewer ports than units', async () => {
    const all = await units(2);
    const ports = Array.from({ length: 6 }, () => all.start());
    const clients = Array.from({ length: 120 }, (_, i) => transferOver(ports[i % 6]!, `127.0.0.${1 + (i % 20)}`, 5));
    expect(await Promise.all(clients)).toHaveLength(120);
  });

  test('is enough for units that end with their client, as processes do, when they close before', async () => {
    const all = await units(4);
    await Promise.all(
      Array.from({ length: 60 }, async () => {
        const { ports, ended } = all.startOneThatEnds();
        await transferOver(ports);
        await ports[Symbol.asyncDispose]();
        await messagesArrived();
        ended();
      }),
    );
  });

  test('goes on to others when a unit ends in the middle, and so do those who wait', async () => {
    const all = await units(4);
    const dying = all.startOneThatEnds();
    const held = await Promise.all(Array.from({ length: 4 }, () => dying.ports.lease(US, US)));
    const ports = Array.from({ length: 5 }, () => all.start());
    const clients = ports.flatMap((unit) => Array.from({ length: 4 }, () => transferOver(unit)));
    const inVain = expect(dying.ports.lease(US, US)).rejects.toMatchObject(REFUSED);
    await messagesArrived();
    await dying.ports[Symbol.asyncDispose]();
    dying.ended();
    const used = await Promise.all(clients);
    expect(new Set(used).size).toBeGreaterThan(1);
    await inVain;
    for (const lease of held) lease.release();
  });

  test('is waited for five seconds, then there is 425, and nobody has what was waited for in vain', async () => {
    stopTheClock();
    const all = await units(1);
    const [one, other, third] = [all.start(), all.start(), all.start()];
    const held = await one.lease(US, US);
    const refused = expect(other.lease(US, US)).rejects.toMatchObject(REFUSED);
    await messagesArrived();
    for (let second = 0; second < 5; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      await messagesArrived();
    }
    await refused;
    await dial(held.port);
    await held.connection;
    expect(await transferOver(third)).toBe(held.port);
  });

  test('is left to others by a client that waits no longer', async () => {
    const all = await units(1);
    const [one, other, third] = [all.start(), all.start(), all.start()];
    const held = await one.lease(US, US);
    const session = new Interruption();
    const refused = expect(other.lease(US, US, session)).rejects.toMatchObject(REFUSED);
    await messagesArrived();
    const next = transferOver(third);
    await messagesArrived();
    session.abort();
    await refused;
    await dial(held.port);
    expect(await next).toBe(held.port);
  });
});

describe('a port of a shared range', () => {
  test('is kept while nobody else wants it', async () => {
    const all = await units(10);
    const unit = all.start();
    const used = new Set<number>();
    for (let i = 0; i < 50; i++) used.add(await transferOver(unit));
    expect(used.size).toBe(1);
    expect(all.asks).toBe(1);
  });

  test('is given up at once by the unit where it is idle', async () => {
    const all = await units(1);
    const [one, other] = [all.start(), all.start()];
    const { now } = watchListeners();
    const started = performance.now();
    for (let i = 0; i < 20; i++) {
      await transferOver(one);
      await transferOver(other);
    }
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(now()).toHaveLength(1);
  });

  test('that was announced in vain stays with the unit until it has rested, and late clients are reset', async () => {
    stopTheClock();
    const all = await units(1);
    const [one, other] = [all.start(), all.start()];
    const port = await announceInVain(one);
    let moved: number | undefined;
    const waiting = transferOver(other).then((to) => {
      moved = to;
    });
    await messagesArrived();
    await vi.advanceTimersByTimeAsync(REST_MS - 1);
    const late = connect({ host: US, port });
    expect((await once(late, 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
    await messagesArrived();
    expect(moved).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    expect(moved).toBe(port);
  });

  test('that rests in the unit that wanted to spare it makes the next idle one leave instead', async () => {
    const all = await units(2);
    const [one, other] = [all.start(), all.start()];
    const inVain = await announceInVain(one);
    const used = await one.lease(US, US);
    const waiting = transferOver(other);
    await messagesArrived();
    await dial(used.port);
    expect(await waiting).toBe(used.port);
    expect(await transferOver(one, '127.0.0.2')).toBe(inVain);
  });

  test('takes no more clients when another unit wants it and somebody is always expected', async () => {
    const all = await units(1);
    const [busy, other] = [all.start(), all.start()];
    let held = await busy.lease('127.0.0.2', US);
    const waiting = transferOver(other);
    await messagesArrived();
    const next = busy.lease('127.0.0.3', US);
    await dial(held.port, '127.0.0.2');
    expect(await waiting).toBe(held.port);
    held = await next;
    await dial(held.port, '127.0.0.3');
    await held.connection;
  });

  test('that another program has is passed over, and left alone by the unit for a while', async () => {
    stopTheClock();
    const all = await units(2);
    const foreign = createServer().listen({ host: US, port: all.range[0] });
    await once(foreign, 'listening');
    onTestFinished(() => void foreign.close());
    const unit = all.start();
    const attempts = vi.spyOn(PassiveListener, 'open');
    const held = await unit.lease(US, US);
    expect(held.port).toBe(all.range[1]);
    const next = unit.lease(US, US);
    const moment = async () => {
      await vi.advanceTimersByTimeAsync(500);
      await messagesArrived();
    };
    for (let i = 0; i < 4; i++) await moment();
    expect(attempts.mock.calls.filter(([, port]) => port === all.range[0])).toHaveLength(1);
    foreign.close();
    await once(foreign, 'close');
    for (let i = 0; i < 4; i++) await moment();
    expect((await next).port).toBe(all.range[0]);
  });

  test('is not asked for over and over when descriptors run out', async () => {
    stopTheClock();
    const all = await units(4);
    const unit = all.start();
    vi.spyOn(PassiveListener, 'open').mockRejectedValue(Object.assign(new Error(), { code: 'EMFILE' }));
    const refused = expect(unit.lease(US, US)).rejects.toMatchObject(REFUSED);
    for (let second = 0; second < 6; second++) {
      await messagesArrived();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await refused;
    expect(all.asks).toBeLessThanOrEqual(12);
  });

  test('S7: is given back with its descriptor when nobody has needed it for a while', async () => {
    stopTheClock();
    const all = await units(3);
    const [one, other] = [all.start(), all.start()];
    for (const client of [US, US, US]) await announceInVain(one, client);
    const { now } = watchListeners();
    for (let second = 0; second < 21; second++) await vi.advanceTimersByTimeAsync(1_000);
    await messagesArrived();
    const giveBack = vi.spyOn(all.shared, 'giveBack');
    const theirs = await Promise.all([US, US, US].map(() => other.lease(US, US)));
    expect(new Set(theirs.map(({ port }) => port)).size).toBe(3);
    expect(now()).toHaveLength(3);
    expect(giveBack).not.toHaveBeenCalled();
    for (const lease of theirs) lease.release();
  });

  test('is given back when the unit closes, and after its rest where somebody may still come', async () => {
    stopTheClock();
    const all = await units(2);
    const [one, other] = [all.start(), all.start()];
    const inVain = await announceInVain(one);
    const used = await transferOver(one);
    expect(used).not.toBe(inVain);
    await one[Symbol.asyncDispose]();
    await messagesArrived();
    const first = await other.lease(US, US);
    expect(first.port).toBe(used);
    const second = other.lease(US, US);
    await messagesArrived();
    await vi.advanceTimersByTimeAsync(REST_MS);
    await messagesArrived();
    expect((await second).port).toBe(inVain);
  });

  test('can be bound by another process while connections that came over it are open, and after their end', async () => {
    const all = await units(1);
    const unit = all.start();
    const open = await unit.lease(US, US);
    await dial(open.port);
    (await open.connection).resume();
    const ended = await unit.lease(US, US);
    const client = await dial(ended.port);
    const ours = await ended.connection;
    // This side ends first, and so is the one with the TIME_WAIT.
    ours.end();
    client.resume().end();
    ours.resume();
    await once(ours, 'close');
    await unit[Symbol.asyncDispose]();
    const listens = `require('net').createServer().listen(${open.port}, '${US}', () => process.exit(0))`;
    await promisify(execFile)(process.execPath, ['-e', listens]);
  });
});
