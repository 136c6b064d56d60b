import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
// What is built: some architectures start processes that run it.
import type { Runner, RunningServer } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FRAMING_NAMES, type FramingName, framings } from '../../examples/cloud-hash/framings.ts';
import { BUILT } from './built-example.ts';

const { cloudHashSpec } = (await import(join(BUILT, 'spec.js'))) as typeof import('../../examples/cloud-hash/spec.ts');
const { experiment } = (await import(
  join(BUILT, 'experiment.js')
)) as typeof import('../../examples/cloud-hash/experiment.ts');
const { CloudHashClient } = (await import(
  join(BUILT, 'client.js')
)) as typeof import('../../examples/cloud-hash/client.ts');

type Client = InstanceType<typeof CloudHashClient>;
type Place = Awaited<ReturnType<Client['where']>>['place'];

/** Whose hash it is that a client meets. */
type Owner = 'server' | 'process' | 'thread' | 'client process' | 'client thread';

const OWNER_OF: Readonly<Record<string, Owner>> = {
  serial: 'server',
  'process-per-connection': 'client process',
  'thread-per-connection': 'client thread',
  prefork: 'process',
  'thread-pool': 'thread',
  reactor: 'server',
  'hybrid-nginx': 'process',
  'hybrid-puma': 'thread',
  'hybrid-eventmachine': 'server',
};

const WORKERS = 2;
const KEYS = 4;

const runnerNamed = (name: string) => architectures.find((runner) => runner.name === name)!;
const nameOf = ({ process, thread }: Place) => `${process}/${thread}`;

interface StartOptions {
  readonly framing?: FramingName;
  readonly requestLimitBytes?: number;
  readonly idleTimeoutMs?: number;
}

async function start(runner: Runner, options: StartOptions = {}): Promise<RunningServer> {
  const running = await runner.run({
    service: cloudHashSpec({ framing: 'newline', ...options }),
    listen: { host: '127.0.0.1', port: 0 },
    workers: WORKERS,
  });
  onTestFinished(() => running.close({ graceMs: 0 }));
  return running;
}

function clientOf(running: RunningServer, framing: FramingName = 'newline'): Client {
  const client = new CloudHashClient({ port: running.address.port, framing });
  onTestFinished(() => client.close());
  return client;
}

describe.each(architectures.map((runner) => [runner.name, runner] as const))('cloud hash under %s', (name, runner) => {
  test('gives a client that stays connected what it has set', async () => {
    const client = clientOf(await start(runner));
    await client.set('capital', 'Oslo');
    expect(await client.get('capital')).toBe('Oslo');
    expect(await client.get('river')).toBeUndefined();
  });

  test(`has a hash of its own in each ${OWNER_OF[name]}`, async () => {
    const owner = OWNER_OF[name]!;
    const setBy = new Map<number, string>();
    const places = new Map<string, Place>();
    let found = 0;
    for await (const seen of experiment(runner, { keys: KEYS, workers: WORKERS, atATime: 2 })) {
      const place = nameOf(seen.place);
      places.set(place, seen.place);
      if (seen.request === 'SET') setBy.set(seen.key, place);
      else expect(seen.found).toBe(setBy.get(seen.key) === place);
      if (seen.request === 'GET' && seen.found) found += 1;
    }
    expect(setBy.size).toBe(KEYS);
    const isShared = owner === 'server';
    const endsWithClient = owner.startsWith('client');
    if (isShared) expect(found).toBe(KEYS);
    if (endsWithClient) expect(found).toBe(0);
    if (endsWithClient) expect(places.size).toBe(2 * KEYS);
    else expect(places.size).toBeLessThanOrEqual(isShared ? 1 : WORKERS);
    for (const { process: id, thread } of places.values()) {
      expect(id === process.pid).toBe(!owner.endsWith('process'));
      if (owner.endsWith('process')) expect(thread).toBe(0);
      if (owner.endsWith('thread')) expect(thread).toBeGreaterThan(0);
    }
  });
});

test('the table of expectations names every architecture', () => {
  expect(Object.keys(OWNER_OF)).toEqual(architectures.map(({ name }) => name));
});

test.each(['prefork', 'thread-pool', 'hybrid-nginx'])(
  'clients of two units of %s do not see what the others have set, and both may have the same key',
  async (name) => {
    const running = await start(runnerNamed(name));
    const one = clientOf(running);
    const { place } = await one.where('SET capital Oslo');
    let other = clientOf(running);
    let elsewhere = await other.where('GET capital');
    // A child with an event loop may accept both; a child or thread with one client cannot.
    for (let tries = 0; name === 'hybrid-nginx' && nameOf(elsewhere.place) === nameOf(place) && tries < 200; tries++) {
      other = clientOf(running);
      elsewhere = await other.where('GET capital');
    }
    expect(nameOf(elsewhere.place)).not.toBe(nameOf(place));
    expect(elsewhere).toMatchObject({ keys: 0, reply: 'NOT FOUND' });
    await other.set('capital', 'Bergen');
    expect([await one.get('capital'), await other.get('capital')]).toEqual(['Oslo', 'Bergen']);
  },
);

test('one connection of hybrid-puma meets more than one hash when requests run at the same time', async () => {
  const running = await start(runnerNamed('hybrid-puma'));
  const clients = [clientOf(running), clientOf(running), clientOf(running)];
  const placesOf = clients.map(() => new Set<string>());
  for (let turn = 0; turn < 500 && placesOf.every(({ size }) => size < WORKERS); turn++) {
    const answers = await Promise.all(clients.map((client) => client.where()));
    for (const [index, { place }] of answers.entries()) placesOf[index]!.add(nameOf(place));
  }
  expect(Math.max(...placesOf.map(({ size }) => size))).toBe(WORKERS);
});

test('each server begins with an empty hash, though all are of one process', async () => {
  const reactor = runnerNamed('reactor');
  const first = clientOf(await start(reactor));
  await first.set('capital', 'Oslo');
  expect(await clientOf(await start(reactor)).get('capital')).toBeUndefined();
  expect(await first.get('capital')).toBe('Oslo');
});

describe.each(FRAMING_NAMES)('framed by %s', (name) => {
  const framing = framings[name];
  const startThis = (options: StartOptions = {}) => start(runnerNamed('reactor'), { framing: name, ...options });

  /** Everything that a server says to a client that sends `bytes`. */
  async function say(running: RunningServer, bytes: readonly Buffer[], end: boolean): Promise<string[]> {
    const socket = connect({ port: running.address.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    const closed = once(socket, 'end');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    for (const chunk of bytes) await new Promise<void>((resolve) => void socket.write(chunk, () => resolve()));
    if (end) socket.end();
    await closed;
    const decoder = framing.decoder(10_000);
    return [...decoder.push(Buffer.concat(chunks)), ...decoder.end()].map(String);
  }

  test('stores and finds', async () => {
    const client = clientOf(await startThis(), name);
    await client.set('capital', 'Oslo');
    expect(await client.get('capital')).toBe('Oslo');
    expect(await client.get('river')).toBeUndefined();
    await expect(client.set('two words', '')).rejects.toThrow('a key has at least one character, and no white space');
  });

  test('answers requests that come byte by byte', async () => {
    const request = framing.encode('WHERE SET capital Oslo');
    const answers = await say(
      await startThis(),
      [...request].map((byte) => Buffer.of(byte)),
      true,
    );
    expect(answers).toEqual([`WHERE process ${process.pid} thread 0 keys 1: STORED`]);
  });

  test('answers a request that is too long with an error, and closes, whether the client does or not', async () => {
    const request = framing.encode(`SET capital ${'x'.repeat(1_000_000)}`);
    const answers = await say(await startThis({ requestLimitBytes: 100 }), [request], false);
    expect(answers).toEqual(['ERROR a message has at most 100 bytes']);
  });

  test('does nothing for a client that comes and goes', async () => {
    expect(await say(await startThis(), [], true)).toEqual([]);
  });

  test('ends a client that says nothing', async () => {
    const running = await startThis({ idleTimeoutMs: 50 });
    expect(await say(running, [], false)).toEqual([]);
  });

  test('has the words for those who are too many', () => {
    const { refusals } = cloudHashSpec({ framing: name });
    const decoder = framing.decoder(100);
    const words = [...decoder.push(Buffer.from(refusals!['too-many']!)), ...decoder.end()].map(String);
    expect(words).toEqual(['ERROR too many clients; try again later']);
  });

  test.skipIf(framing.onePerConnection)('answers requests that come in one piece, in their order', async () => {
    const requests = ['SET key 1', 'GET key', 'SET key 2', 'GET key', 'NONSENSE'].map(framing.encode);
    const answers = await say(await startThis(), [Buffer.concat(requests)], true);
    expect(answers.slice(0, 4)).toEqual(['STORED', 'VALUE 1', 'STORED', 'VALUE 2']);
    expect(answers[4]).toMatch(/^ERROR unknown request/);
  });

  test.skipIf(framing.onePerConnection)('does not store the half of a request', async () => {
    const running = await startThis();
    const half = framing.encode('SET price 1000').subarray(0, -2);
    expect(await say(running, [half], true)).toEqual(['ERROR the connection ended in the middle of a message']);
    expect(await clientOf(running, name).get('price')).toBeUndefined();
  });

  test.skipIf(framing.onePerConnection)('closes idle connections when the server stops', async () => {
    const running = await startThis();
    const client = clientOf(running, name);
    await client.set('capital', 'Oslo');
    await running.close({ graceMs: 10_000 });
    await expect(client.get('capital')).rejects.toThrow();
  });
});
