import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimiter } from '../../src/runtime/rate-limiter.ts';
import { type RateLimit, throttled } from '../../src/transfer/throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const socket = { timeout: 1_000, setTimeout: vi.fn() };

async function* chunksOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  yield* chunks;
}

function plan(limits: readonly RateLimit[], signal = new AbortController().signal) {
  return { limits, socket, signal };
}

/** What a test's source yields without an end: chunks of some size. */
async function* endless(octets: number): AsyncGenerator<Uint8Array, void> {
  for (;;) yield Buffer.alloc(octets);
}

/** How many octets have passed after so many milliseconds. */
async function movedIn(ms: number, sources: readonly AsyncIterable<Uint8Array>[], stop: AbortController) {
  const moved = sources.map(() => 0);
  const ended = sources.map(async (source, index) => {
    for await (const chunk of source) moved[index]! += chunk.length;
  });
  await vi.advanceTimersByTimeAsync(ms);
  stop.abort();
  await Promise.allSettled(ended);
  return moved;
}

describe('a throttled transfer', () => {
  test('moves the same octets, whatever the chunks and the limits', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    const rates = fc.array(fc.integer({ min: 100, max: 100_000 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(chunks, rates, async (octets, perSecond) => {
        const limits = perSecond.map((rate) => new RateLimiter(rate));
        const moved: Uint8Array[] = [];
        const all = (async () => {
          for await (const piece of throttled(chunksOf(...octets), plan(limits))) moved.push(Buffer.from(piece));
        })();
        await vi.runAllTimersAsync();
        await all;
        expect(Buffer.concat(moved)).toEqual(Buffer.concat(octets));
      }),
      { numRuns: 50 },
    );
  });

  test('without limits is the transfer itself', () => {
    const source = chunksOf();
    expect(throttled(source, plan([]))).toBe(source);
  });

  test('is as fast as the tightest of its limits', async () => {
    const stop = new AbortController();
    const limits = [1_000_000, 300_000, 2_000_000].map((rate) => new RateLimiter(rate));
    const [moved] = await movedIn(10_000, [throttled(endless(256 * 1024), plan(limits, stop.signal))], stop);
    expect(moved! / 10).toBeGreaterThan(297_000);
    expect(moved! / 10).toBeLessThan(305_000);
  });

  test('shares a limit fairly, whatever the size of its chunks, and leaves what it cannot use to the others', async () => {
    const stop = new AbortController();
    const shared = new RateLimiter(10_000_000);
    const own = new RateLimiter(1_000_000);
    const moved = await movedIn(
      5_000,
      [
        throttled(endless(64 * 1024), plan([shared], stop.signal)),
        throttled(endless(1024 * 1024), plan([shared], stop.signal)),
        throttled(endless(256 * 1024), plan([own, shared], stop.signal)),
      ],
      stop,
    );
    const [small, large, limited] = moved.map((octets) => octets / 5);
    expect(limited! / 1_000_000).toBeCloseTo(1, 1);
    expect(small! / 4_500_000).toBeCloseTo(1, 1);
    expect(large! / 4_500_000).toBeCloseTo(1, 1);
  });

  test('asks for nothing more before its last chunk has been passed on', async () => {
    let asked = 0;
    async function* source() {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(10_000);
      }
    }
    const stop = new AbortController();
    await movedIn(850, [throttled(source(), plan([new RateLimiter(10_000)], stop.signal))], stop);
    expect(asked).toBe(1);
  });

  test('ends at once when it is aborted, also when its limit does not hear of that', async () => {
    const stop = new AbortController();
    const deaf: RateLimit = { take: () => new Promise(() => {}) };
    const all = (async () => {
      for await (const _piece of throttled(endless(1), plan([deaf], stop.signal))) break;
    })();
    await vi.advanceTimersByTimeAsync(100);
    stop.abort(new Error('aborted'));
    await expect(all).rejects.toThrow('aborted');
  });

  test('is not stalled while it is held back: with each turn the timeout of its socket begins anew', async () => {
    const stop = new AbortController();
    socket.setTimeout.mockClear();
    await movedIn(1_000, [throttled(endless(1024 * 1024), plan([new RateLimiter(1_000)], stop.signal))], stop);
    expect(socket.setTimeout.mock.calls.length).toBeGreaterThan(30);
    expect(new Set(socket.setTimeout.mock.calls.flat())).toEqual(new Set([1_000]));
  });
});
