/** Logins per second of an event loop in each of two processes, against one event loop. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { distribution } from '../measure/percentiles.ts';
import { loopSecondsOf, processorSecondsOf } from '../measure/processor-time.ts';
import { LoginLoad } from './login-load.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const OVER_REACTOR = 1.6;
/** A client that takes more of the machine than this takes it from the servers. */
const CLIENT_SHARE_PERCENT = 15;
const WORKERS = 2;
/** One for the client; what the parent of the workers does is little. */
const PROCESSORS_FOR_ALL = WORKERS + 1;

await runBench(
  {
    title: 'Logins per second',
    description: `
Sessions that connect, log in as anonymous and leave, from a client in C with epoll, against the reactor and against
hybrid-nginx with ${WORKERS} workers, in turn.

By the clock, that says something only where each worker has a processor to itself beside the client: on a machine of two
processors the client takes its part of both from the workers, while one event loop leaves a processor to it. What can be
said there too is what a login costs the server. The reactor is at its limit when its event loop fills one processor;
${WORKERS} workers are at theirs when all that their processes do, the parent's work included, fills ${WORKERS}. The last
bound compares these limits. It counts the helping threads of the workers and leaves out those of the reactor: the
comparison is in favour of the reactor.

Needs a C compiler.`,
    numbers: {
      sessions: { default: 20_000, description: 'logins in each run' },
      rounds: { default: 5, description: 'runs of each, after one that is not counted' },
      'at-once': { default: 100, description: 'sessions at a time' },
    },
  },
  async function* (number) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    try {
      const load = await LoginLoad.compile(root);
      await using reactor = await ServerProcess.start({ root, architecture: 'reactor' });
      const flags = ['--workers', String(WORKERS)];
      await using hybrid = await ServerProcess.start({ root, architecture: 'hybrid-nginx', flags });
      const runs: Record<'reactor' | 'hybrid', Run[]> = { reactor: [], hybrid: [] };
      for (let round = 0; round <= number('rounds'); round++) {
        const counted = round > 0;
        for (const [name, server] of [['reactor', reactor] as const, ['hybrid', hybrid] as const]) {
          const run = await oneRun(load, server, number('sessions'), number('at-once'));
          if (counted) runs[name].push(run);
        }
      }
      yield* compare(middleOf(runs.reactor), middleOf(runs.hybrid));
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

interface Run {
  readonly perSecond: number;
  /** Of the whole server for one login, and of its first process's event loop. */
  readonly serverMicroseconds: number;
  readonly loopMicroseconds: number;
  readonly clientMicroseconds: number;
  readonly clientSharePercent: number;
  /** How much of the machine server and client had: the rest was idle, or others had it. */
  readonly usedPercent: number;
}

async function oneRun(load: LoginLoad, server: ServerProcess, sessions: number, atOnce: number): Promise<Run> {
  const used = () => ({ all: processorSecondsOf(server.pid), loop: loopSecondsOf(server.pid) });
  const before = used();
  const { seconds, processorSeconds } = await load.run({ server, sessions, atOnce });
  const after = used();
  const serverSeconds = after.all - before.all;
  const machineSeconds = seconds * availableParallelism();
  return {
    perSecond: sessions / seconds,
    serverMicroseconds: (serverSeconds / sessions) * 1e6,
    loopMicroseconds: ((after.loop - before.loop) / sessions) * 1e6,
    clientMicroseconds: (processorSeconds / sessions) * 1e6,
    clientSharePercent: (processorSeconds / machineSeconds) * 100,
    usedPercent: ((serverSeconds + processorSeconds) / machineSeconds) * 100,
  };
}

/** The median of each figure by itself. */
function middleOf(runs: readonly Run[]): Run {
  const middle = (figure: keyof Run) => distribution(runs.map((run) => run[figure])).p50;
  return {
    perSecond: middle('perSecond'),
    serverMicroseconds: middle('serverMicroseconds'),
    loopMicroseconds: middle('loopMicroseconds'),
    clientMicroseconds: middle('clientMicroseconds'),
    clientSharePercent: middle('clientSharePercent'),
    usedPercent: middle('usedPercent'),
  };
}

function* compare(reactor: Run, hybrid: Run): Generator<Measurement> {
  yield* figures('reactor', reactor);
  yield { name: 'reactor: its event loop, each login', value: reactor.loopMicroseconds, unit: 'µs' };
  yield* figures(`hybrid-nginx, ${WORKERS} workers`, hybrid);

  const clientLimits = availableParallelism() < PROCESSORS_FOR_ALL || hybrid.clientSharePercent > CLIENT_SHARE_PERCENT;
  yield {
    name: `by the clock, hybrid-nginx over reactor${clientLimits ? ' (the client limits)' : ''}`,
    value: hybrid.perSecond / reactor.perSecond,
    ...(!clientLimits && { atLeast: OVER_REACTOR }),
  };
  yield {
    name: `${WORKERS} full processors of hybrid-nginx over a full event loop`,
    value: (WORKERS * reactor.loopMicroseconds) / hybrid.serverMicroseconds,
    atLeast: OVER_REACTOR,
  };
  yield {
    name: 'the same, with the helping threads of both',
    value: (WORKERS * reactor.serverMicroseconds) / hybrid.serverMicroseconds,
  };
}

function* figures(name: string, run: Run): Generator<Measurement> {
  yield { name: `${name}: logins per second`, value: Math.round(run.perSecond) };
  yield { name: `${name}: server and client together`, value: run.usedPercent, unit: '% of machine' };
  yield { name: `${name}: client`, value: run.clientSharePercent, unit: '% of machine' };
  yield { name: `${name}: client, each login`, value: run.clientMicroseconds, unit: 'µs' };
  yield { name: `${name}: server, each login`, value: run.serverMicroseconds, unit: 'µs' };
}
