import { expect, test } from 'vitest';
import { distanceByChance, largestDistance } from '../../bench/promises/largest-distance.ts';

test.each<[readonly number[], readonly number[], number]>([
  [[1, 2, 3], [3, 2, 1], 0],
  [[1, 2], [3, 4], 1],
  [[1, 3], [2, 4], 0.5],
  [[1, 1, 1, 2], [1, 2, 2, 2], 0.5],
  [[5], [1, 2, 3, 4, 6], 0.8],
])('S15: the distributions of %j and %j are %d apart', (one, other, distance) => {
  expect(largestDistance(one, other)).toBeCloseTo(distance, 10);
  expect(largestDistance(other, one)).toBeCloseTo(distance, 10);
});

test('S15: the distance by chance is that of the tables for large samples', () => {
  // 1.358 and 1.949 are what tables give for 5 and for 0.1 per cent.
  expect(distanceByChance(0.05, [200, 200])).toBeCloseTo(1.358 * Math.sqrt(0.01), 3);
  expect(distanceByChance(0.001, [400, 400])).toBeCloseTo(1.949 * Math.sqrt(0.005), 3);
});
