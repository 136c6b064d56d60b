import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Closing } from '../../src/runtime/closing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server whose clients never leave by themselves. */
function busyServer() {
  const done: string[] = [];
  const step = (name: string) => () => void done.push(name);
  const closing = new Closing({
    stopAccepting: step('stop accepting'),
    drain: step('drain'),
    finished: () => new Promise(() => {}),
    endClients: step('end clients'),
    giveUp: step('give up'),
    release: step('release'),
  });
  return { closing, done };
}

test('a second call shortens the grace, and none lengthens it', async () => {
  const { closing, done } = busyServer();
  void closing.close({ graceMs: 60_000 });
  void closing.close({ graceMs: 1_000 });
  void closing.close({ graceMs: 60_000 });
  await vi.advanceTimersByTimeAsync(999);
  expect(done).toEqual(['stop accepting', 'drain']);
  await vi.advanceTimersByTimeAsync(1);
  expect(done).toEqual(['stop accepting', 'drain', 'end clients']);
});

test('what hangs is given up after a while, however often the closing is asked for meanwhile', async () => {
  const { closing, done } = busyServer();
  const closed = closing.close({ graceMs: 0 });
  void closing.close();
  await vi.advanceTimersByTimeAsync(2_000);
  await closed;
  expect(done.slice(-2)).toEqual(['give up', 'release']);
});

test.each([Number.POSITIVE_INFINITY, 2 ** 31])('a grace of %d ms is not taken for none', async (graceMs) => {
  const { closing, done } = busyServer();
  void closing.close({ graceMs });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(done).not.toContain('end clients');
});
