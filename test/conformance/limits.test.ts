import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ftpServiceSpec, type Limits, type Presence, type RunningServer } from 'ohai-ftpd';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { underFault } from './fault-table.ts';
import { endUnit, fileTree, left, rowsOf, samePlace, serveFtp } from './ftp-under-fault.ts';

const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.0.2';

/** Serial has one client at a time, whatever the limits are: others are not refused, they wait. */
const severalAtATime = underFault.filter(({ name }) => name !== 'serial');

// Linux has the whole of 127.0.0.0/8 for clients to come from.
describe.runIf(process.platform === 'linux').each(severalAtATime)('$name', ({ runner, crashTakes }) => {
  async function serve(limits: Limits): Promise<RunningServer> {
    return serveFtp(runner, await fileTree(), { workers: 4, limits });
  }

  test('S19: refuses who is one too many, and lets the next one in when somebody has left', async () => {
    const running = await serve({ connections: 3 });
    const clients = await greeted(running, [HERE, HERE, ELSEWHERE]);
    if (crashTakes === 'the client') expect(new Set((await running.who()).map(placeOf)).size).toBe(3);
    if (crashTakes === 'the server') expect(new Set((await running.who()).map(placeOf)).size).toBe(1);
    expect(await refusal(running, HERE)).toEqual(['421 Too many connections; try again later.']);
    expect(running.stats()).toEqual({ connected: 3, served: 0 });
    await quit(clients[1]!);
    await rowsOf(running, 2);
    await greeted(running, [HERE]);
    expect(await refusal(running, ELSEWHERE)).toEqual(['421 Too many connections; try again later.']);
    expect(running.stats()).toEqual({ connected: 3, served: 1 });
  });

  test('S19: counts the clients of each address', async () => {
    const running = await serve({ perAddress: 2 });
    const clients = await greeted(running, [HERE, HERE]);
    expect(await refusal(running, HERE)).toEqual(['421 Too many connections from your address.']);
    await greeted(running, [ELSEWHERE]);
    await quit(clients[0]!);
    await rowsOf(running, 2);
    await greeted(running, [HERE]);
    expect(running.stats()).toEqual({ connected: 3, served: 1 });

    // Of those whose unit is killed, none is counted any more.
    const rows = await rowsOf(running, 3);
    const { place } = rows[0]!;
    if (samePlace(place, { process: process.pid })) return;
    endUnit(place);
    await rowsOf(running, rows.filter((row) => !samePlace(row.place, place)).length);
    await greeted(running, [HERE]);
  });

  test('S19: counts the sessions of each user', async () => {
    const running = await serve({ perUser: 2 });
    const [first, second, third] = (await greeted(running, [HERE, ELSEWHERE, HERE])) as ControlClient[];
    const logIn = async (client: ControlClient) => {
      await client.command('USER anonymous');
      return client.code('PASS x@example.org');
    };
    expect([await logIn(first!), await logIn(second!), await logIn(third!)]).toEqual([230, 230, 421]);
    await quit(first!);
    await rowsOf(running, 1);
    expect(await logIn((await greeted(running, [HERE]))[0]!)).toBe(230);
  });

  test('S19: tells one of a storm of refused clients why, each second, and closes the others', async () => {
    const running = await serve({ perAddress: 1 });
    await greeted(running, [HERE]);
    const started = performance.now();
    const refused = await Promise.all(Array.from({ length: 50 }, () => refusal(running, HERE)));
    const seconds = (performance.now() - started) / 1_000;
    const told = refused.filter((lines) => lines.length > 0);
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told.length).toBeLessThanOrEqual(1 + seconds);
    expect(running.stats()).toEqual({ connected: 1, served: 0 });
    // All others are still let in.
    await greeted(running, [ELSEWHERE]);
  });

  test('tells who is there and where, and ends the session of one by its id', async () => {
    const running = await serve({});
    const [first, second] = (await greeted(running, [HERE, ELSEWHERE])) as [ControlClient, ControlClient];
    const rows = await rowsOf(running, 2);
    expect(rows.map(({ address }) => address)).toEqual([HERE, ELSEWHERE]);

    expect(await running.kick('nobody')).toBe(false);
    expect(await running.kick(rows[0]!.id)).toBe(true);
    expect((await first.reply()).code).toBe(421);
    await left(first);
    expect(await rowsOf(running, 1)).toEqual([expect.objectContaining({ id: rows[1]!.id })]);
    expect(await second.code('NOOP')).toBe(200);
    expect(await running.kick(rows[0]!.id)).toBe(false);
  });
});

describe.runIf(process.platform === 'linux').each(underFault)('$name', ({ name, runner, crashTakes }) => {
  const DELAY_MS = 20;
  const GUESSES = 10;

  test('S15: bans an address for one guess in each of ten units, and delays each by how many came before', async () => {
    const bans = { failures: GUESSES, withinMs: 60_000, firstMs: 60_000, longestMs: 60_000 };
    const running = await serveFtp(runner, await fileTree(), {
      workers: GUESSES + 1,
      limits: { bans },
      logins: { failureDelayMs: DELAY_MS, maxAttempts: 3 },
    });
    // All connect first, so that each unit that serves one client at a time has one.
    const atOnce = name === 'serial' ? 1 : GUESSES + 1;
    const clients = await greeted(running, Array<string>(atOnce).fill(HERE));
    if (crashTakes === 'the client') expect(new Set((await running.who()).map(placeOf)).size).toBe(atOnce);
    for (let guess = 1; guess <= GUESSES; guess++) {
      const client = clients.shift() ?? (await greeted(running, [HERE]))[0]!;
      await client.command(`USER user-${guess}`);
      const started = performance.now();
      expect(await client.code('PASS wrong')).toBe(530);
      // Timers may come a little early.
      expect(performance.now() - started).toBeGreaterThan(guess * DELAY_MS - 2);
      await quit(client);
    }
    expect(await refusal(running, HERE)).toEqual(['421 Too many failed logins from your address; try again later.']);
    await greeted(running, [ELSEWHERE]);
    // Who was there before the ban does not learn that it would have been right.
    const [before] = clients;
    if (!before) return;
    await before.command('USER tester');
    expect(await before.code('PASS secret')).toBe(530);
  });
});

test.each(underFault.map(({ name, runner }) => [name, runner] as const))(
  '%s keeps a rate over all of its units',
  async (_name, runner) => {
    const octets = 500_000;
    const bytesPerSecond = 2_000_000;
    const root = await temporaryDirectory();
    await writeFile(join(root, 'file'), Buffer.alloc(octets));
    const running = await runner.run({
      service: ftpServiceSpec({ root, anonymous: 'read-only', maxBytesPerSecond: { server: bytesPerSecond } }),
      listen: { host: HERE, port: 0 },
      workers: 3,
    });
    onTestFinished(() => running.close({ graceMs: 0 }));

    const before = performance.now();
    const moved = [1, 2, 3].map(async () => {
      const client = await ControlClient.login(running.address, 'anonymous');
      await client.command('TYPE I');
      const { octets } = await client.download('RETR file');
      await quit(client);
      return octets.length;
    });
    expect(await Promise.all(moved)).toEqual([octets, octets, octets]);
    // No more than 100 ms ahead of its rate.
    expect(performance.now() - before).toBeGreaterThan(((3 * octets) / bytesPerSecond) * 1000 - 100);
  },
);

/** Clients from these addresses, one after the other, that are let in and gone when the test ends. */
async function greeted({ address }: RunningServer, from: readonly string[]): Promise<ControlClient[]> {
  const clients: ControlClient[] = [];
  for (const localAddress of from) {
    const client = await ControlClient.connect(address, { localAddress });
    onTestFinished(() => client.close());
    clients.push(client);
  }
  return clients;
}

/** @returns the lines that a client hears who is not let in; none when it is just closed. */
async function refusal({ address }: RunningServer, localAddress: string): Promise<readonly string[]> {
  const client = await ControlClient.connectRaw(address, { localAddress }).catch(() => undefined);
  if (!client) return [];
  const lines = await client.reply().then(
    (reply) => reply.lines,
    () => [],
  );
  await left(client);
  return lines;
}

function placeOf({ place }: Presence): string {
  return `${place.process} ${place.thread ?? 0}`;
}

async function quit(client: ControlClient): Promise<void> {
  await client.command('QUIT');
  await left(client);
}
