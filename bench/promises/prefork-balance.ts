/** Children that accept for themselves share short sessions fairly. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';
import { type Errand, SessionCrowd } from './session-crowd.ts';

const BUSIEST_OVER_LEAST = 1.3;

await runBench(
  {
    title: 'Prefork balance',
    description: `
Many short sessions (log in, NOOP or RETR of 1 KB over a passive port, QUIT) against prefork, from a process of its own,
some at a time. Counts which child served how many, as STAT tells.`,
    numbers: {
      children: { default: 4, description: 'processes that accept' },
      sessions: { default: 4_000, description: 'sessions of each kind' },
      'at-once': { default: 16, description: 'sessions at a time' },
    },
  },
  async function* (number) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    try {
      await writeFile(join(root, 'small'), Buffer.alloc(1024, 'x'));
      for (const errand of ['NOOP', 'RETR'] as const) {
        yield* balance(root, errand, number('children'), number('sessions'), number('at-once'));
      }
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

async function* balance(
  root: string,
  errand: Errand,
  children: number,
  sessions: number,
  atOnce: number,
): AsyncGenerator<Measurement> {
  const flags = ['--workers', String(children)];
  await using server = await ServerProcess.start({ root, architecture: 'prefork', flags });
  await using crowd = new SessionCrowd();
  const start = performance.now();
  const served = Object.values(await crowd.run({ server, sessions, atOnce, errand })).sort((a, b) => b - a);
  const seconds = (performance.now() - start) / 1000;

  const name = `${errand}, ${atOnce} at a time`;
  yield { name: `${name}: sessions of each child`, value: served.join(' ') };
  yield { name: `${name}: children that served`, value: `${served.length}`, bound: `${children}` };
  yield { name: `${name}: busiest over least busy`, value: served[0]! / served.at(-1)!, bound: BUSIEST_OVER_LEAST };
  yield { name: `${name}: sessions per second`, value: Math.round(sessions / seconds) };
}
