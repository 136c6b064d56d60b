/** From connect to the greeting, under each architecture; where a unit is started for it, against the bare start of one. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { confinementProblem } from '../../src/runtime/confinement.ts';
import { ftpServiceSpec } from '../../src/services/ftp-spec.ts';
import { type Distribution, distribution } from '../measure/percentiles.ts';
import { GreetingProbe } from './greeting-probe.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';
import { startBareProcess, startBareWorker, startUnit } from './unit-starts.ts';

/** For what is left of the last client to be cleared away, a process above all. */
const PAUSE_MS = 30;

const REACTOR_MS = 1;
const FREE_UNIT_MS = 2;
const OVER_BARE_START_MS = 10;

/** What is promised of the median; nothing where there is no number. */
const ARCHITECTURES: Readonly<Record<string, number | undefined>> = {
  reactor: REACTOR_MS,
  prefork: FREE_UNIT_MS,
  'thread-pool': FREE_UNIT_MS,
  'hybrid-nginx': FREE_UNIT_MS,
  serial: undefined,
  'hybrid-puma': undefined,
  'hybrid-eventmachine': undefined,
  'thread-per-connection': undefined,
  'process-per-connection': undefined,
};

/** What children that confine themselves first take longer: with the C library, which others load after the greeting. */
const CONFINED = ['prefork', 'process-per-connection'] as const;

/** Which bare start a client of these architectures waits for in any case. */
const STARTED_FOR_A_CLIENT = [
  ['thread-per-connection', 'a Worker'],
  ['process-per-connection', 'a node process'],
] as const;

/** Something that takes its time, in milliseconds. */
type Attempt = () => Promise<number>;

await runBench(
  {
    title: 'Connect latency',
    description: `
Starts a server under each architecture, all of them at the same time, and lets a client in a process of its own connect to
one after the other, round by round: so what the machine does besides hits all of them alike. Nobody else is connected. In
the same rounds it starts a Worker and a node process with nothing in them, and a unit of the server without a client.`,
    numbers: {
      rounds: { default: 80, description: 'connections to each server that are measured' },
      'warm-up': { default: 15, description: 'connections to each server before' },
    },
  },
  async function* (number) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    try {
      yield* connectLatency(root, number('warm-up'), number('rounds'));
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

async function* connectLatency(root: string, warmUp: number, rounds: number): AsyncGenerator<Measurement> {
  await using probe = new GreetingProbe();
  const service = ftpServiceSpec({ root });
  const attempts = new Map<string, Attempt>([
    ['a Worker', startBareWorker],
    ['a node process', startBareProcess],
    ["a thread with the server's unit in it", () => startUnit('thread', service)],
    ["a process with the server's unit in it", () => startUnit('process', service)],
  ]);
  const bare = [...attempts.keys()];
  const confined = confinementProblem() === undefined ? CONFINED : [];
  const servers: ServerProcess[] = [];
  let measured: ReadonlyMap<string, Distribution>;
  try {
    const serve = async (architecture: string, ...flags: string[]) => {
      const server = await ServerProcess.start({ root, architecture, flags });
      servers.push(server);
      attempts.set([architecture, ...flags].join(' '), () => probe.connect(server));
    };
    for (const architecture of Object.keys(ARCHITECTURES)) await serve(architecture);
    for (const architecture of confined) await serve(architecture, '--sandbox');
    await inTurn(attempts, warmUp);
    measured = await inTurn(attempts, rounds);
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }

  for (const name of bare) yield* waits(`start of ${name}`, measured.get(name)!);
  for (const [name, bound] of Object.entries(ARCHITECTURES))
    yield* waits(`${name}: first octet`, measured.get(name)!, bound);
  for (const name of confined) yield* waits(`${name} --sandbox: first octet`, measured.get(`${name} --sandbox`)!);
  for (const [name, start] of STARTED_FOR_A_CLIENT) {
    const over = measured.get(name)!.p50 - measured.get(start)!.p50;
    yield { name: `${name}: p50 over that of ${start}`, value: over, unit: 'ms', bound: OVER_BARE_START_MS };
  }
}

function* waits(name: string, { p50, p99 }: Distribution, bound?: number): Generator<Measurement> {
  yield { name: `${name}, p50`, value: p50, unit: 'ms', ...(bound !== undefined && { bound }) };
  yield { name: `${name}, p99`, value: p99, unit: 'ms' };
}

/** Every attempt once in each round. */
async function inTurn(attempts: ReadonlyMap<string, Attempt>, rounds: number): Promise<Map<string, Distribution>> {
  const times = new Map<string, number[]>(Array.from(attempts.keys(), (name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, attempt] of attempts) {
      times.get(name)!.push(await attempt());
      await delay(PAUSE_MS);
    }
  }
  return new Map(Array.from(times, ([name, values]) => [name, distribution(values)]));
}
