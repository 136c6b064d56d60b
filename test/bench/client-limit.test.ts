import { expect, test } from 'vitest';
import { limitShare } from '../../bench/load/client-limit.ts';

const { measureLimits } = (await import(
  new URL('../../dist/bench/load/client-limit.js', import.meta.url).href
)) as typeof import('../../bench/load/client-limit.ts');

test('clients are at their limit when they use their processor all the time', () => {
  expect(limitShare({ seconds: 2, processorSeconds: 1.5 })).toBe(0.75);
});

test('limits are measured for the drivers that take part', async () => {
  const limits = await measureLimits(['cloud-hash']);
  expect(limits.map(({ driver, unit }) => [driver, unit])).toEqual([
    ['cloud-hash', '/s'],
    ['cloud-hash', '/s'],
  ]);
  for (const { perSecond } of limits) expect(perSecond).toBeGreaterThan(100);
});
