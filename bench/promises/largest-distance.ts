/**
 * The statistic of the two-sample test of Kolmogorov and Smirnov: how far apart the two distributions are where they are
 * farthest apart. It asks for no shape of them, and outliers do not move it.
 * @param one, other at least one value each, in the same unit.
 * @returns 0 (the same values) … 1 (all of one below all of the other).
 */
export function largestDistance(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || other.length === 0) throw new RangeError('nothing was measured');
  const [a, b] = [Float64Array.from(one).sort(), Float64Array.from(other).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (a[i]! <= value) i += 1;
    while (b[j]! <= value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}

/**
 * The distance that two samples of one distribution exceed in so many of all measurements.
 * @param significance above 0, below 1. @param sizes of the two samples; the formula holds from some fifty values on.
 */
export function distanceByChance(significance: number, sizes: readonly [number, number]): number {
  const [n, m] = sizes;
  return Math.sqrt((-Math.log(significance / 2) / 2) * ((n + m) / (n * m)));
}
