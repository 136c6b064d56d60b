import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SharedRates } from '../../src/runtime/rates.ts';
import { Roster } from '../../src/runtime/roster.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How much is granted in a second to somebody who always wants more. */
async function grantedInASecond(takers: readonly (() => Promise<number>)[]): Promise<number[]> {
  const granted = takers.map(() => 0);
  let over = false;
  takers.forEach(async (take, index) => {
    while (!over) granted[index]! += await take();
  });
  await vi.advanceTimersByTimeAsync(1_000);
  over = true;
  await vi.runAllTimersAsync();
  return granted;
}

const total = (granted: readonly number[]) => granted.reduce((sum, amount) => sum + amount, 0);

describe('shared rates', () => {
  test('limit each name for itself', async () => {
    const rates = new SharedRates();
    const granted = await grantedInASecond(['a', 'b'].map((name) => () => rates.take(name, 10_000, 1_000)));
    for (const amount of granted) expect(amount / 10_000).toBeCloseTo(1, 0);
  });

  test('have the rate that was said last, so that two that say different ones do not get more than the higher', async () => {
    const rates = new SharedRates();
    const granted = await grantedInASecond([10_000, 20_000].map((rate) => () => rates.take('a', rate, 1_000)));
    expect(total(granted)).toBeLessThan(22_000);
  });

  test('forget what is not in use', async () => {
    const rates = new SharedRates();
    for (let user = 0; user < 1_000; user++) {
      await rates.take(`user ${user}`, 1_000, 10);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(rates.size).toBe(1);
  });

  test('hold over all units of a server', async () => {
    const roster = new Roster();
    const contact = { activities: () => ({}), kick: () => {}, portWanted: () => {} };
    const units = [1, 2, 3].map((unit) => roster.enlist(unit, { process: unit }, contact));
    const granted = await grantedInASecond(units.map((unit) => async () => unit.takeOfRate('server', 30_000, 1_000)));
    expect(total(granted) / 30_000).toBeCloseTo(1, 0);
    for (const amount of granted) expect(amount / (total(granted) / 3)).toBeCloseTo(1, 0);
  });
});
