import { describe, expect, test } from 'vitest';
import { RefusalNotices } from '../../src/runtime/refusal-notices.ts';

function noticesAtClock() {
  const clock = { nowMs: 50_000 };
  return { clock, notices: new RefusalNotices(() => clock.nowMs) };
}

describe('refused clients', () => {
  test('S19: of one address get one notice each second', () => {
    const { clock, notices } = noticesAtClock();
    const taken = Array.from({ length: 30 }, () => {
      const got = notices.take('a');
      clock.nowMs += 100;
      return got;
    });
    expect(taken.flatMap((got, index) => (got ? [index] : []))).toEqual([0, 10, 20]);
  });

  test('of different addresses get theirs independently', () => {
    const { notices } = noticesAtClock();
    expect([notices.take('a'), notices.take('b'), notices.take('a')]).toEqual([true, true, false]);
  });

  test('get a hundred notices a second in all', () => {
    const { clock, notices } = noticesAtClock();
    const flood = () => Array.from({ length: 500 }, (_, index) => notices.take(`${clock.nowMs} ${index}`));
    expect(flood().filter(Boolean)).toHaveLength(100);
    clock.nowMs += 999;
    expect(flood().filter(Boolean)).toHaveLength(0);
    clock.nowMs += 1;
    expect(flood().filter(Boolean)).toHaveLength(100);
  });
});
