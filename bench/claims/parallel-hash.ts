/** Whether two clients are computed for at the same time: what two HASH at once take, against one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FtpClient } from '../client/ftp-client.ts';
import { distribution } from '../measure/percentiles.ts';
import type { Measurement } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import { type Attempt, inTurn } from './in-turn.ts';
import { runnableSecondsOf } from './runnable.ts';
import { ServedFolder } from './served-folder.ts';
import { Servers } from './servers.ts';

const ROUNDS = 7;
const MIB = 256;
const FILE = 'sparse';
const ARCHITECTURES = ['thread-per-connection', 'process-per-connection', 'thread-pool', 'reactor'] as const;

interface Contender {
  /** Of the process where it takes place, or of its parent. */
  readonly pid: number;
  /** Has it done for the client of this index. */
  hash(client: number): Promise<unknown>;
}

export const parallelHash: Experiment = {
  title: 'B7: whether threads compute in parallel, by HASH of a large file',
  async *run(scale) {
    await using folder = await ServedFolder.make({ [FILE]: MIB * 2 ** 20 });
    await using servers = new Servers();
    const workers = [0, 1].map(() => new Worker(new URL('./bare-hash.js', import.meta.url)));
    const clients: FtpClient[] = [];
    try {
      const contenders: Record<string, Contender> = {
        // What two processors give at most: they may share a cache and a memory, and other programs run as well.
        'two bare threads': {
          pid: process.pid,
          hash: (index) => {
            workers[index]!.postMessage(MIB);
            return once(workers[index]!, 'message');
          },
        },
      };
      for (const architecture of ARCHITECTURES) {
        const server = await servers.start({ root: folder.path, architecture });
        const both = [await FtpClient.login(server), await FtpClient.login(server)];
        clients.push(...both);
        contenders[architecture] = {
          pid: server.pid,
          hash: (index) => both[index]!.command(`HASH ${FILE}`, 213),
        };
      }
      yield* speedUps(contenders, ROUNDS * scale);
    } finally {
      for (const client of clients) client[Symbol.dispose]();
      for (const worker of workers) await worker.terminate();
    }
  },
};

async function* speedUps(contenders: Readonly<Record<string, Contender>>, rounds: number): AsyncGenerator<Measurement> {
  const attempts: Record<string, Attempt> = {};
  const atOnce: Record<string, number[]> = {};
  for (const [name, { pid, hash }] of Object.entries(contenders)) {
    const both = () => Promise.all([hash(0), hash(1)]);
    // Whatever has to be loaded and compiled once is no part of it.
    await both();
    const runnable: number[] = [];
    atOnce[name] = runnable;
    attempts[one(name)] = () => timeOf(() => hash(0));
    attempts[two(name)] = async () => {
      const before = runnableSecondsOf(pid);
      const ms = await timeOf(both);
      runnable.push((runnableSecondsOf(pid) - before) / (ms / 1000));
      return ms;
    };
  }
  const measured = await inTurn(attempts, rounds);
  for (const name of Object.keys(contenders)) {
    const [alone, together] = [one(name), two(name)].map((attempt) => distribution(measured.get(attempt)!).p50);
    yield { name: `${name}: ${MIB} MiB for one client`, value: alone!, unit: 'ms' };
    yield { name: `${name}: for two at once`, value: together!, unit: 'ms' };
    // 2.0: both at the same time; 1.0: one after the other, or on a machine whose other processors are busy.
    yield { name: `${name}: speed-up of two over one`, value: (2 * alone!) / together! };
    yield { name: `${name}: threads with work to do meanwhile`, value: distribution(atOnce[name]!).p50 };
  }
}

function one(name: string): string {
  return `${name}, one`;
}

function two(name: string): string {
  return `${name}, two`;
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
