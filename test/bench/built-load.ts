import { onTestFinished } from 'vitest';
import type { Load } from '../../bench/load/load.ts';
import type { FtpPlan, LoadPlan, LoadResult, Step } from '../../bench/load/plan.ts';
import { PERCENTS } from '../../bench/record/record.ts';

/** Node 20 cannot load TypeScript in the processes that it starts. */
const built = (await import(
  new URL('../../dist/bench/load/load.js', import.meta.url).href
)) as typeof import('../../bench/load/load.ts');

/** Of the servers of the tests. */
export const LOGIN: readonly Step[] = [{ do: 'connect' }, { do: 'login', user: 'tester', password: 'secret' }];

/** What the tests do not say: a client that logs in, and as many operations as they take. */
export function ftpPlan(server: FtpPlan['server'], plan: Partial<FtpPlan>): FtpPlan {
  return {
    driver: 'sockets',
    server,
    clients: 1,
    prepare: LOGIN,
    operation: [],
    pace: { kind: 'closed' },
    warmUpSeconds: 0,
    seconds: 10,
    patienceMs: 5_000,
    ...plan,
  };
}

/** Load clients that are gone when the test ends. */
export async function startLoad(plan: LoadPlan): Promise<Load> {
  const load = await built.Load.start(plan);
  onTestFinished(() => load[Symbol.asyncDispose]());
  return load;
}

export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const load = await startLoad(plan);
  await load.prepare();
  return load.run();
}

/** In milliseconds. */
export function latency({ latencyMs }: LoadResult, percent: (typeof PERCENTS)[number]): number {
  return latencyMs![PERCENTS.indexOf(percent)]!;
}
