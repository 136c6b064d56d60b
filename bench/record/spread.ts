/** A middle with what lies around it. */
import type { Spread } from './summary.ts';

/** @returns undefined when there are no values. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  return { median: middleOf(sorted), least: sorted[0]!, most: sorted.at(-1)!, count: sorted.length };
}

/** Of an even number of values, what lies half way between the two in the middle. @returns undefined when there are none. */
export function medianOf(values: readonly number[]): number | undefined {
  return spreadOf(values)?.median;
}

export function overlap(a: Spread, b: Spread): boolean {
  return a.least <= b.most && b.least <= a.most;
}

function middleOf(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}
