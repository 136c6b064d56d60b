/** Which percentiles of a cell may be told: the 99.9th of a hundred measurements is no more than their largest. */
import { type BenchRecord, PERCENTS } from '../record/record.ts';
import type { Cell } from '../record/summary.ts';

/** Latencies of a cell. */
export interface Latencies {
  /** In milliseconds, by the per cent that they are of. */
  readonly ms: ReadonlyMap<number, number>;
  /** Of how many measurements at the least, in one run; undefined when the record does not say. */
  readonly count?: number;
}

export type LatenciesOf = (workload: string, cell: Cell) => Latencies;

/**
 * Of each cell, those that so many measurements tell apart from the largest one. The largest itself is always told.
 * How many there were is in the runs; of a record that does not say, all are told.
 */
export function latenciesOf({ runs }: BenchRecord): LatenciesOf {
  const fewest = new Map<string, number>();
  for (const { outcome, workload, candidate, clients, latencyCount } of runs) {
    if (outcome !== 'ok' || latencyCount === undefined) continue;
    const key = keyOf(workload, candidate, clients);
    fewest.set(key, Math.min(latencyCount, fewest.get(key) ?? Number.POSITIVE_INFINITY));
  }
  return (workload, { candidate, clients, latencyMs = [] }) => {
    const count = fewest.get(keyOf(workload, candidate, clients));
    const told = PERCENTS.flatMap((percent, index) => {
      const ms = latencyMs[index];
      return ms !== undefined && isTold(percent, count) ? [[percent, ms] as const] : [];
    });
    return { ms: new Map(told), ...(count !== undefined && { count }) };
  };
}

/** At least one measurement lies above it, or it is the largest. */
function isTold(percent: number, count = Number.POSITIVE_INFINITY): boolean {
  // Multiplied, not divided: 1 - 99.9 / 100 would not be a thousandth.
  return percent === 100 || count * (100 - percent) >= 100 - 1e-6;
}

function keyOf(workload: string, candidate: string, clients: number): string {
  return JSON.stringify([workload, candidate, clients]);
}
