/** How long a client waits for its 220 while others are there that have logged in and do nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServerAddress } from '../client/ftp-client.ts';
import { distribution } from '../measure/percentiles.ts';
import { IdleCrowd } from '../promises/idle-crowd.ts';
import type { Measurement } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import { type Attempt, inTurn } from './in-turn.ts';
import { ServedFolder } from './served-folder.ts';
import { Servers } from './servers.ts';

const ROUNDS = 3;
const WARM_UP = 5;
const PATIENCE_MS = 2_000;

/** As many idle clients as keep all units busy, where a unit serves one client; far more where idle ones should not matter. */
const CASES = [
  { architecture: 'serial', flags: [], idle: 1 },
  { architecture: 'prefork', flags: ['--workers', '4'], idle: 4 },
  { architecture: 'thread-pool', flags: ['--workers', '25'], idle: 25 },
  { architecture: 'hybrid-puma', flags: [], idle: 300 },
  { architecture: 'reactor', flags: [], idle: 300 },
] as const;

export const occupied: Experiment = {
  title: 'B2, B18: the wait for a greeting beside clients that do nothing',
  async *run(scale) {
    await using folder = await ServedFolder.make();
    await using servers = new Servers();
    const attempts: Record<string, Attempt> = {};
    /** Of those who were not greeted before: how long it took after the idle ones had left. */
    const afterwards: Record<string, number[]> = {};
    for (const { architecture, flags, idle } of CASES) {
      const server = await servers.start({ root: folder.path, architecture, flags });
      for (let i = 0; i < WARM_UP; i++) await waitAlone(server);
      const name = `${architecture} with ${idle} idle`;
      const late: number[] = [];
      afterwards[name] = late;
      attempts[`${architecture} with none`] = () => waitAlone(server);
      attempts[name] = () => waitBeside(server, idle, late);
    }
    for (const [name, waits] of await inTurn(attempts, ROUNDS * scale))
      yield* rows(name, waits, afterwards[name] ?? []);
  },
};

function* rows(name: string, waits: readonly number[], afterwards: readonly number[]): Generator<Measurement> {
  const { p50 } = distribution(waits);
  const value = Number.isFinite(p50) ? { value: p50, unit: 'ms' } : { value: `not within ${PATIENCE_MS / 1000} s` };
  yield { name: `${name}: greeted after`, ...value };
  if (afterwards.length === 0) return;
  yield { name: `${name}: greeted, once they left, after`, value: distribution(afterwards).p50, unit: 'ms' };
}

async function waitAlone(server: ServerAddress): Promise<number> {
  using client = arrive(server);
  return await client.greeted;
}

/** @returns Infinity for a client that was not greeted in time, of which more goes to `late`. */
async function waitBeside(server: ServerAddress, idle: number, late: number[]): Promise<number> {
  const crowd = await IdleCrowd.gather(server, idle);
  try {
    using client = arrive(server);
    const waited = await Promise.race([client.greeted, delay(PATIENCE_MS, Number.POSITIVE_INFINITY)]);
    if (Number.isFinite(waited)) return waited;
    const left = performance.now();
    await crowd[Symbol.asyncDispose]();
    await client.greeted;
    late.push(performance.now() - left);
    return waited;
  } finally {
    await crowd[Symbol.asyncDispose]();
  }
}

/** Connects; `greeted` is how long it took in milliseconds until the first octet came. */
function arrive({ address, port }: ServerAddress): Disposable & { readonly greeted: Promise<number> } {
  const start = performance.now();
  const socket = connect({ host: address, port });
  const greeted = once(socket, 'data').then(() => performance.now() - start);
  return { greeted, [Symbol.dispose]: () => void socket.destroy() };
}
