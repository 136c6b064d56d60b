import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimiter } from '../../src/runtime/rate-limiter.ts';

/** No more than the rate and this much time's worth of it may pass in any span of time. */
const BURST_MS = 50.001;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Grant {
  readonly atMs: number;
  readonly amount: number;
}

/** Takes as much as it gets, again and again, until `signal` aborts. @param moveMs how long the moving takes each time. */
async function greedy(limiter: RateLimiter, wanted: number, grants: Grant[], signal: AbortSignal, moveMs = 0) {
  try {
    for (;;) {
      const amount = await limiter.take(wanted, signal);
      grants.push({ atMs: performance.now(), amount });
      if (moveMs > 0) await new Promise((resolve) => setTimeout(resolve, moveMs));
    }
  } catch (error) {
    if (error !== signal.reason) throw error;
  }
}

async function runFor(ms: number, start: (signal: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  const stop = new AbortController();
  const all = start(stop.signal);
  await vi.advanceTimersByTimeAsync(ms);
  stop.abort();
  await vi.runAllTimersAsync();
  await Promise.all(all);
}

const sum = (grants: readonly Grant[]) => grants.reduce((total, { amount }) => total + amount, 0);

describe('a rate limiter', () => {
  test.each([100, 1_000, 50_000, 1_000_000, 100_000_000])('lets through what %i per second are', async (rate) => {
    const grants: Grant[] = [];
    await runFor(10_000, (signal) => [greedy(limiterOf(rate), 65_536, grants, signal)]);
    expect(sum(grants) / 10).toBeGreaterThan(rate * 0.99);
    expect(sum(grants) / 10).toBeLessThan(rate * 1.01);
  });

  test('has no burst in any span of time, whoever takes how much and when', async () => {
    const takers = fc.array(
      fc.record({ wanted: fc.integer({ min: 1, max: 100_000 }), moveMs: fc.integer({ min: 0, max: 300 }) }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(takers, fc.integer({ min: 1_000, max: 10_000_000 }), async (many, rate) => {
        const limiter = limiterOf(rate);
        const grants: Grant[] = [];
        await runFor(2_000, (signal) =>
          many.map(({ wanted, moveMs }) => greedy(limiter, wanted, grants, signal, moveMs)),
        );
        expect(worstBurstMs(grants, rate)).toBeLessThanOrEqual(BURST_MS);
      }),
      { numRuns: 30 },
    );
    // Usually a tenth of a second; but single octets at ten million per second, which it comes upon now and then, take a minute.
  }, 180_000);

  test('makes up for what a late timer lost, but not for idle time', async () => {
    const limiter = limiterOf(1_000_000);
    const grants: Grant[] = [];
    await limiter.take(1);
    await vi.advanceTimersByTimeAsync(60_000);
    await runFor(1_000, (signal) => [greedy(limiter, 65_536, grants, signal)]);
    expect(sum(grants)).toBeLessThan(1_000_000 * (1 + BURST_MS / 1000));
  });

  test('gives those who share it equal parts, in turn', async () => {
    const limiter = limiterOf(1_000_000);
    const shares: Grant[][] = [[], [], [], [], []];
    await runFor(4_000, (signal) => shares.map((grants) => greedy(limiter, 65_536, grants, signal)));
    for (const grants of shares) {
      expect(sum(grants) / 800_000).toBeCloseTo(1, 1);
      const gapsMs = grants.slice(1).map(({ atMs }, index) => atMs - grants[index]!.atMs);
      expect(Math.max(...gapsMs)).toBeLessThanOrEqual(BURST_MS);
    }
  });

  test('serves those who wait in the order in which they came', async () => {
    const limiter = limiterOf(1_000);
    const served: number[] = [];
    for (let n = 0; n < 20; n++) void limiter.take(10).then(() => served.push(n));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(served).toEqual([...Array(20).keys()]);
  });

  test('forgets a wish that was taken back, and lets the others go on', async () => {
    const limiter = limiterOf(1_000);
    const stop = new AbortController();
    await exhaust(limiter);
    const first = limiter.take(10, stop.signal);
    const second = limiter.take(10);
    stop.abort(new Error('aborted'));
    await expect(first).rejects.toThrow('aborted');
    await vi.advanceTimersByTimeAsync(100);
    expect(await second).toBe(10);
    await expect(limiter.take(10, stop.signal)).rejects.toThrow('aborted');
  });

  test('has one timer while somebody waits, and none while nobody does', async () => {
    const limiter = limiterOf(1_000);
    const stop = new AbortController();
    await exhaust(limiter);
    expect(vi.getTimerCount()).toBe(0);
    const wishes = [1, 2, 3].map(() => limiter.take(10, stop.signal).catch(() => 0));
    expect(vi.getTimerCount()).toBe(1);
    stop.abort();
    expect(vi.getTimerCount()).toBe(0);
    expect(await Promise.all(wishes)).toEqual([0, 0, 0]);
  });

  test('takes a new rate up', async () => {
    const limiter = limiterOf(1_000);
    const grants: Grant[] = [];
    await runFor(1_000, (signal) => [greedy(limiter, 65_536, grants, signal)]);
    limiter.perSecond = 100_000;
    const faster: Grant[] = [];
    await runFor(1_000, (signal) => [greedy(limiter, 65_536, faster, signal)]);
    expect(sum(grants)).toBeLessThan(1_100);
    expect(sum(faster)).toBeGreaterThan(90_000);
  });

  test('is idle once to forget it would give nobody more', async () => {
    const limiter = limiterOf(1_000);
    expect(limiter.idle).toBe(true);
    await exhaust(limiter);
    expect(limiter.idle).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(limiter.idle).toBe(true);
  });
});

/** By the clock of the test; performance.now() is read anew each time, since the fake one takes its place. */
function limiterOf(rate: number): RateLimiter {
  return new RateLimiter(rate, () => performance.now());
}

/** After this nobody gets anything at once: the first turn of a limiter at rest is free. */
async function exhaust(limiter: RateLimiter): Promise<void> {
  await limiter.take(1_000_000);
  await limiter.take(1_000_000);
}

/** By how much, in time's worth, the most that passed in any span is more than the rate. */
function worstBurstMs(grants: readonly Grant[], rate: number): number {
  let worst = 0;
  // The largest sum of (granted - rate × time) over all spans, as of a largest subarray.
  let burst = 0;
  let lastMs = grants[0]?.atMs ?? 0;
  for (const { atMs, amount } of grants) {
    burst = Math.max(0, burst - (atMs - lastMs)) + (amount / rate) * 1000;
    lastMs = atMs;
    worst = Math.max(worst, burst);
  }
  return worst;
}
