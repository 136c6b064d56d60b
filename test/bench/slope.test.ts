import { expect, test } from 'vitest';
import { slope } from '../../bench/claims/slope.ts';

test('slope is that of the line on which all points are', () => {
  const points = [1, 2, 4, 8].map((x) => [x, 3 * x + 40] as const);
  expect(slope(points)).toBeCloseTo(3, 10);
});

test('slope is that of the closest line where points are beside it', () => {
  expect(
    slope([
      [0, 0],
      [1, 2],
      [2, 1],
    ]),
  ).toBeCloseTo(0.5, 10);
});

test('slope of points without a line is an error', () => {
  expect(() => slope([])).toThrow(RangeError);
  expect(() => slope([[4, 1]])).toThrow(RangeError);
});
