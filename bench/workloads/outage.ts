import type { LoadResult } from '../load/plan.ts';

/** Of the rate from before: who reaches it again is served again. */
const ENOUGH = 0.75;

/**
 * How long after a crash the rate is back.
 * @returns seconds, in steps of the timeline; undefined when it has not come back, or without a timeline.
 */
export function untilServedAgain(
  timeline: LoadResult['timeline'],
  crashedAtMs: number | undefined,
): number | undefined {
  if (!timeline || crashedAtMs === undefined) return undefined;
  const { everyMs, operations } = timeline;
  const crashed = Math.floor(crashedAtMs / everyMs);
  const before = operations.slice(0, crashed).toSorted((a, b) => a - b);
  const usual = before[Math.floor(before.length / 2)] ?? 0;
  const back = operations.findIndex((count, bar) => bar > crashed && count >= usual * ENOUGH);
  // A rate that never went down was down for no bar that one could see.
  const down = operations.findIndex((count, bar) => bar >= crashed && count < usual * ENOUGH);
  if (down === -1 || down > crashed + 2) return 0;
  return back === -1 ? undefined : ((back - crashed) * everyMs) / 1000;
}
