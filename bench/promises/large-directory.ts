/** A directory of 100,000 files: LIST and MLSD begin at once, take no more memory than a small one, and disturb nobody. */
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FtpClient } from '../client/ftp-client.ts';
import { type Distribution, distribution } from '../measure/percentiles.ts';
import { memoryOf } from '../measure/process-memory.ts';
import { whileProbing } from './noop-probe.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const MIB = 2 ** 20;
const FIRST_BYTE_MS = 100;
const NOOP_P99_MS = 20;
/** Of difference between listing much and listing little. To keep a hundred thousand entries would take five times that. */
const GROWTH_MIB = 8;
const SMALL = 1_000;
const PAUSED_MS = 3_000;
const IDLE_MS = 2_000;
const LF = 0x0a;
/**
 * For the comparisons of memory: with V8's young generation at its smallest, the peak shows what the server keeps, and not
 * how long its garbage lay about, which differs by 50 MiB from run to run.
 */
const LITTLE_GARBAGE = ['--max-semi-space-size=1'];
const VERBS = ['LIST', 'MLSD'] as const;

type Verb = (typeof VERBS)[number];

await runBench(
  {
    title: 'Large directory',
    description: `
Serves a directory of many empty files (in memory where the system has /dev/shm) from a process of its own. Measures the
time to the first octet of LIST and MLSD, the peak of the server's memory against that of as many entries from small
directories, both with readers that read and with readers that pause, and the wait for NOOP of another client meanwhile.`,
    numbers: {
      entries: { default: 100_000, description: 'files in the large directory' },
      runs: { default: 9, description: 'listings measured of each kind' },
      'slow-readers': { default: 8, description: 'clients at a time that pause in the middle of a listing' },
    },
  },
  async function* (number, note) {
    const root = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ohai-bench-'));
    try {
      const entries = number('entries');
      note(`making ${entries} files …\n`);
      fill(join(root, 'large'), entries);
      fill(join(root, 'small'), SMALL);
      yield* idleServer(root);
      for (const verb of VERBS) {
        yield* fastReader(root, verb, entries, number('runs'));
        yield* memoryOfListing(root, verb, entries);
        yield* slowReaders(root, verb, entries, number('slow-readers'));
      }
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
);

/** What the machine adds to every wait, the load of other programs included. */
async function* idleServer(root: string): AsyncGenerator<Measurement> {
  await using server = await ServerProcess.start({ root });
  const { noopMs } = await whileProbing(server, () => delay(IDLE_MS));
  yield { name: 'NOOP with nothing else to do, p99', value: noopMs.p99, unit: 'ms' };
}

async function* fastReader(root: string, verb: Verb, entries: number, runs: number): AsyncGenerator<Measurement> {
  await using server = await ServerProcess.start({ root });
  using client = await FtpClient.login(server);
  await listing(client, verb, '/large');
  const { result, noopMs } = await whileProbing(server, async () => {
    const listings: Listing[] = [];
    for (let run = 0; run < runs; run++) listings.push(await listing(client, verb, '/large'));
    return listings;
  });
  const first = distribution(result.map(({ firstByteMs }) => firstByteMs));
  const total = distribution(result.map(({ totalMs }) => totalMs));
  const complete = result.every(({ lines }) => lines === entries);
  yield { name: `${verb}: every listing is complete`, value: complete ? 'yes' : 'no', bound: 'yes' };
  yield { name: `${verb}: first octet, p50 of ${runs}`, value: first.p50, unit: 'ms', bound: FIRST_BYTE_MS };
  yield { name: `${verb}: first octet, slowest`, value: first.max, unit: 'ms' };
  yield { name: `${verb}: all of it, p50`, value: total.p50, unit: 'ms' };
  yield { name: `${verb}: entries per second`, value: Math.round((entries / total.p50) * 1000) };
  yield { name: `${verb}: NOOP of another client, p50 of ${noopMs.count}`, value: noopMs.p50, unit: 'ms' };
  yield { name: `${verb}: NOOP of another client, p99`, value: noopMs.p99, unit: 'ms', bound: NOOP_P99_MS };
  yield { name: `${verb}: NOOP of another client, slowest`, value: noopMs.max, unit: 'ms' };
}

/** Two new servers list as many entries, one of them from a small directory: they differ in nothing but its size. */
async function* memoryOfListing(root: string, verb: Verb, entries: number): AsyncGenerator<Measurement> {
  const times = Math.ceil(entries / SMALL);
  const { peakMib: small } = await readersOf(root, { verb, path: '/small', readers: 1, times });
  const { peakMib: large } = await readersOf(root, { verb, path: '/large', readers: 1, times: 1 });
  yield { name: `${verb}: peak RSS of ${times} listings of ${SMALL}`, value: small, unit: 'MiB' };
  yield { name: `${verb}: peak RSS of 1 listing of ${entries}`, value: large, unit: 'MiB' };
  yield { name: `${verb}: growth with the directory`, value: large - small, unit: 'MiB', bound: GROWTH_MIB };
}

/** The same with readers that take the first octets and then nothing for a while: what waits for them must not pile up. */
async function* slowReaders(root: string, verb: Verb, entries: number, readers: number): AsyncGenerator<Measurement> {
  const plan = { verb, path: '/large', readers, times: 2 };
  const fast = await readersOf(root, plan);
  const slow = await readersOf(root, { ...plan, pauseMs: PAUSED_MS });
  const complete = slow.lines === 2 * readers * entries ? 'yes' : 'no';
  const name = `${verb}, ${readers} at a time`;
  yield { name: `${name}: peak RSS`, value: fast.peakMib, unit: 'MiB' };
  yield { name: `${name}, pausing ${PAUSED_MS / 1000} s: peak RSS`, value: slow.peakMib, unit: 'MiB' };
  yield { name: `${name}: growth by pausing`, value: slow.peakMib - fast.peakMib, unit: 'MiB', bound: GROWTH_MIB };
  yield { name: `${name}, pausing: every listing is complete`, value: complete, bound: 'yes' };
  yield { name: `${name}: NOOP of another client, p99`, value: fast.noopMs.p99, unit: 'ms', bound: NOOP_P99_MS };
  yield { name: `${name}, pausing: NOOP p99`, value: slow.noopMs.p99, unit: 'ms', bound: NOOP_P99_MS };
}

interface Readers {
  readonly verb: Verb;
  readonly path: string;
  readonly readers: number;
  /** Listings that each of them asks for, one after the other. */
  readonly times: number;
  readonly pauseMs?: number;
}

async function readersOf(
  root: string,
  { verb, path, readers, times, pauseMs = 0 }: Readers,
): Promise<{ lines: number; peakMib: number; noopMs: Distribution }> {
  await using server = await ServerProcess.start({ root, nodeFlags: LITTLE_GARBAGE });
  const { result: lines, noopMs } = await whileProbing(server, async () => {
    const counts = await Promise.all(
      Array.from({ length: readers }, async () => {
        using client = await FtpClient.login(server);
        let count = 0;
        for (let i = 0; i < times; i++) count += (await listing(client, verb, path, pauseMs)).lines;
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  });
  return { lines, noopMs, peakMib: (await memoryOf(server.pid)).peakRssBytes / MIB };
}

interface Listing {
  /** From sending the command to the first octet of the listing. */
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly lines: number;
}

/** @param pauseMs to stop reading for, after the first octets. */
async function listing(client: FtpClient, verb: Verb, path: string, pauseMs = 0): Promise<Listing> {
  const data = await client.passive();
  const start = performance.now();
  client.send(`${verb} ${path}`);
  const { firstByteMs, lines } = await readLines(data, start, pauseMs);
  await client.expect(150);
  await client.expect(226);
  return { firstByteMs, totalMs: performance.now() - start, lines };
}

async function readLines(data: Socket, start: number, pauseMs: number): Promise<Omit<Listing, 'totalMs'>> {
  let firstByteMs = 0;
  let lines = 0;
  const onData = (chunk: Buffer) => {
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) lines += 1;
    if (firstByteMs > 0) return;
    firstByteMs = performance.now() - start;
    if (pauseMs === 0) return;
    data.pause();
    void delay(pauseMs).then(() => data.resume());
  };
  const ended = once(data, 'end');
  data.on('data', onData);
  data.resume();
  await ended;
  return { firstByteMs, lines };
}

function fill(directory: string, entries: number): void {
  mkdirSync(directory);
  for (let i = 0; i < entries; i++) writeFileSync(join(directory, `photo-${String(i).padStart(6, '0')}.jpeg`), '');
}
