/** While one client has a large file hashed or a large directory listed, the others must not notice. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FtpClient } from '../client/ftp-client.ts';
import type { Distribution } from '../measure/percentiles.ts';
import { whileProbing } from './noop-probe.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const NOOP_P99_MS = 5;
const IDLE_MS = 2_000;
const HASH_TIMES = 2;
const LISTINGS = 3;

await runBench(
  {
    title: 'Heavy requests',
    description: `
Has a large file hashed (sparse: it is not the disk that is measured), then a directory of many empty files listed, and
measures the wait for NOOP of another client meanwhile: sent every 2 ms by the clock, whether the last was answered or not.
The bounds hold for a machine that has a processor to spare for the work and another one for the event loop.`,
    numbers: {
      mib: { default: 2048, description: 'size of the file in MiB' },
      entries: { default: 100_000, description: 'files in the directory' },
    },
    lists: {
      architectures: {
        default: ['reactor', 'hybrid-eventmachine'],
        description: 'how the server runs, one after the other',
      },
    },
  },
  async function* (number, note, list) {
    const root = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'ohai-bench-'));
    try {
      note(`making ${number('entries')} files …\n`);
      await fill(root, number('mib'), number('entries'));
      for (const architecture of list('architectures')) yield* heavyRequests(root, architecture, number('entries'));
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

async function* heavyRequests(root: string, architecture: string, entries: number): AsyncGenerator<Measurement> {
  await using server = await ServerProcess.start({ root, architecture });
  using client = await FtpClient.login(server);
  // Whatever has to be compiled and loaded once is no part of it.
  await hash(client, '/small');
  await listing(client, 'MLSD', '/');

  const idle = await whileProbing(server, () => delay(IDLE_MS));
  yield* noops(`${architecture}, nothing else to do`, idle.noopMs);

  for (const algorithm of ['SHA-256', 'MD5']) {
    await client.command(`OPTS HASH ${algorithm}`, 200);
    const hashing = await whileProbing(server, () => timeOf(HASH_TIMES, () => hash(client, '/large')));
    yield { name: `${architecture}, ${algorithm}: HASH takes`, value: hashing.result / 1000, unit: 's' };
    yield* noops(`${architecture}, ${algorithm}`, hashing.noopMs, NOOP_P99_MS);
  }
  for (const verb of ['NLST', 'MLSD']) {
    const listings = await whileProbing(server, async () => {
      let complete = true;
      for (let i = 0; i < LISTINGS; i++) complete = (await listing(client, verb, '/names')) === entries && complete;
      return complete ? 'yes' : 'no';
    });
    yield { name: `${architecture}, ${verb} of ${entries}: complete`, value: listings.result, bound: 'yes' };
    yield* noops(`${architecture}, ${verb}`, listings.noopMs, NOOP_P99_MS);
  }
}

function* noops(during: string, { count, p50, p99, max }: Distribution, bound?: number): Generator<Measurement> {
  yield { name: `${during}: NOOP, p50 of ${count}`, value: p50, unit: 'ms' };
  yield { name: `${during}: NOOP, p99`, value: p99, unit: 'ms', ...(bound !== undefined && { bound }) };
  yield { name: `${during}: NOOP, slowest`, value: max, unit: 'ms' };
}

/** @returns milliseconds for one time. */
async function timeOf(times: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await work();
  return (performance.now() - start) / times;
}

async function hash(client: FtpClient, path: string): Promise<void> {
  await client.command(`HASH ${path}`, 213);
}

/** @returns how many lines came. */
async function listing(client: FtpClient, verb: string, path: string): Promise<number> {
  const data = await client.passive();
  let lines = 0;
  data.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) lines += 1;
  });
  const ended = once(data, 'end');
  client.send(`${verb} ${path}`);
  data.resume();
  await ended;
  await client.expect(150);
  await client.expect(226);
  return lines;
}

async function fill(root: string, mib: number, entries: number): Promise<void> {
  await writeFile(join(root, 'small'), 'small');
  await writeFile(join(root, 'large'), '');
  await truncate(join(root, 'large'), mib * 2 ** 20);
  await mkdir(join(root, 'names'));
  for (let i = 0; i < entries; i++) {
    const file = await open(join(root, 'names', `photo-${String(i).padStart(6, '0')}.jpeg`), 'w');
    await file.close();
  }
}
