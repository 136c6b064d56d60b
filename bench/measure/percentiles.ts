/** What is said of many measurements of one thing. All in the unit of the values. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws RangeError when there are no values: a measurement that did not take place must not pass for a good one. */
export function distribution(values: readonly number[]): Distribution {
  if (values.length === 0) throw new RangeError('nothing was measured');
  const sorted = Float64Array.from(values).sort();
  return { count: sorted.length, p50: percentile(sorted, 50), p99: percentile(sorted, 99), max: sorted.at(-1)! };
}

/**
 * The nearest-rank percentile: the smallest value that is not exceeded by `percent` per cent of all.
 * @param sorted at least one value, in ascending order.
 * @param percent above 0, up to 100.
 */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}
