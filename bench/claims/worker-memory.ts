/** What each further process or thread of a server costs in memory. */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { FtpClient, type ServerAddress } from '../client/ftp-client.ts';
import { memoryOf } from '../measure/process-memory.ts';
import { processTree } from '../measure/process-tree.ts';
import type { Measurement } from '../promises/report.ts';
import { ServerProcess } from '../promises/server-process.ts';
import type { Experiment } from './experiment.ts';
import { ServedFolder } from './served-folder.ts';
import { slope } from './slope.ts';

const MIB = 2 ** 20;
const FILE = 'small';
/** V8 and malloc give pages back some time after the work. */
const SETTLES_MS = 800;
/** Connections that are made until each process has one: who of them accepts is the kernel's choice. */
const MOST_CLIENTS = 400;

const CASES = [
  { architecture: 'prefork', unit: /\bprocess \d+/, numbers: [1, 2, 4, 8] },
  { architecture: 'thread-pool', unit: /\bthread \d+/, numbers: [1, 2, 4, 8, 25] },
  { architecture: 'hybrid-nginx', unit: /\bprocess \d+/, numbers: [1, 2, 4, 8] },
] as const;

interface TreeMemory {
  readonly pssBytes: number;
  readonly rssBytes: number;
  /** Of the first process: the parent of child processes, or all there is where the workers are threads. */
  readonly parentPssBytes: number;
}

/**
 * One server at a time: in PSS, the pages of the program count the less the more processes run it. Other programs that run
 * on this Node make the first figure smaller, and what each worker adds hardly at all: that is memory of its own.
 */
export const workerMemory: Experiment = {
  title: 'B11, B13: what a further worker costs in memory',
  async *run() {
    await using folder = await ServedFolder.make({ [FILE]: 1024 });
    for (const { architecture, unit, numbers } of CASES) {
      const atRest: [number, TreeMemory][] = [];
      const used: [number, TreeMemory][] = [];
      for (const workers of numbers) {
        const flags = ['--workers', String(workers)];
        await using server = await ServerProcess.start({ root: folder.path, architecture, flags });
        atRest.push([workers, await settled(server.pid)]);
        await serveOneEach(server, workers, unit);
        used.push([workers, await settled(server.pid)]);
        yield* row(`${architecture}, ${workers}: PSS at rest`, atRest.at(-1)![1]);
        yield* row(`${architecture}, ${workers}: PSS, each has served a client`, used.at(-1)![1]);
      }
      yield* costs(`${architecture}, at rest`, atRest);
      yield* costs(`${architecture}, used`, used);
    }
  },
};

function* row(name: string, { pssBytes }: TreeMemory): Generator<Measurement> {
  yield { name, value: pssBytes / MIB, unit: 'MiB' };
}

function* costs(name: string, points: readonly (readonly [number, TreeMemory])[]): Generator<Measurement> {
  const each = slope(points.map(([workers, { pssBytes }]) => [workers, pssBytes]));
  const resident = slope(points.map(([workers, { rssBytes }]) => [workers, rssBytes]));
  const [[, least], [workers, most]] = [points[0]!, points.at(-1)!];
  yield { name: `${name}: PSS for each worker`, value: each / MIB, unit: 'MiB' };
  yield { name: `${name}: RSS for each worker`, value: resident / MIB, unit: 'MiB' };
  yield { name: `${name}: first process of ${workers}, PSS`, value: most.parentPssBytes / MIB, unit: 'MiB' };
  yield { name: `${name}: ${workers} over 1, PSS`, value: most.pssBytes / least.pssBytes };
}

async function settled(pid: number): Promise<TreeMemory> {
  await delay(SETTLES_MS);
  const each = await Promise.all(processTree(pid).map(memoryOf));
  return {
    pssBytes: each.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
    rssBytes: each.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    parentPssBytes: each[0]!.pssBytes,
  };
}

/** @throws Error when one of the workers never got a client. */
async function serveOneEach(server: ServerAddress, workers: number, unit: RegExp): Promise<void> {
  const clients: FtpClient[] = [];
  const seen = new Set<string>();
  try {
    while (seen.size < workers) {
      if (clients.length === MOST_CLIENTS) throw new Error(`${seen.size} of ${workers} workers took a client`);
      const client = await FtpClient.login(server);
      clients.push(client);
      const { lines } = await client.command('STAT', 211);
      const [worker] = unit.exec(lines.join('\n')) ?? [];
      if (worker === undefined) throw new Error(`STAT does not tell the worker: ${lines.join(' / ')}`);
      if (!seen.has(worker)) await retrieve(client);
      seen.add(worker);
    }
  } finally {
    for (const client of clients) client[Symbol.dispose]();
  }
}

async function retrieve(client: FtpClient): Promise<void> {
  const data = await client.passive();
  const ended = once(data.resume(), 'end');
  client.send(`RETR ${FILE}`);
  await ended;
  await client.expect(150);
  await client.expect(226);
  data.destroy();
}
