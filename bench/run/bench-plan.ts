/** What a bench is to do, and how long that will take. */
import type { LoadPlan } from '../load/plan.ts';
import type { Setting } from '../workloads/workload.ts';
import type { Contestant } from './contestant.ts';
import type { Item } from './schedule.ts';

export interface BenchPlan {
  readonly contestants: readonly Contestant[];
  readonly items: readonly Item[];
}

/** Besides what is measured: connecting, checking, waiting until all have left. */
const BESIDES_SECONDS = 0.25;
const START_SECONDS = 0.4;

/** A first guess of how long one turn takes. */
export function secondsOfTurn({ extent, workload }: Item): number {
  return (
    extent.warmUpSeconds +
    (extent.usualSeconds ?? extent.seconds) +
    BESIDES_SECONDS +
    (workload.freshServer ? START_SECONDS : 0)
  );
}

export function countTurns({ contestants }: BenchPlan, { extent }: Item): number {
  return contestants.length * extent.clients.length * extent.repetitions;
}

/** For plans of which only the kind is asked. */
const NOWHERE: Setting = {
  server: { address: '127.0.0.1', port: 0 },
  clients: 1,
  seconds: 0,
  warmUpSeconds: 0,
  pathOf: (name) => name,
  sha256Of: () => '',
};

/** The kinds of load clients that take part. */
export function driversOf({ items }: BenchPlan): LoadPlan['driver'][] {
  return [...new Set(items.map(({ workload }) => workload.loads(NOWHERE).measured.driver))];
}
