import { describe, expect, test } from 'vitest';
import { FadingMap } from '../../src/runtime/fading-map.ts';

function mapWith({ keepMs = 1000, capacity = 3 } = {}) {
  const clock = { nowMs: 50_000 };
  return { clock, map: new FadingMap<number>(keepMs, capacity, () => clock.nowMs) };
}

describe('a fading map', () => {
  test('drops an entry when its time is over', () => {
    const { clock, map } = mapWith();
    map.set('a', 1);
    clock.nowMs += 999;
    expect(map.get('a')).toBe(1);
    clock.nowMs += 1;
    expect(map.get('a')).toBeUndefined();
    expect(map.size).toBe(0);
  });

  test('keeps an entry longer for being set again, and not for being read', () => {
    const { clock, map } = mapWith();
    map.set('set', 1);
    map.set('read', 1);
    clock.nowMs += 600;
    map.set('set', 2);
    map.get('read');
    clock.nowMs += 600;
    expect(map.get('set')).toBe(2);
    expect(map.has('read')).toBe(false);
  });

  test('drops what was set longest ago when it is full', () => {
    const { map } = mapWith({ capacity: 2 });
    map.set('a', 1);
    map.set('b', 1);
    map.set('a', 2);
    map.set('c', 1);
    expect(['a', 'b', 'c'].filter((key) => map.has(key))).toEqual(['a', 'c']);
    expect(map.size).toBe(2);
  });

  test('drops nothing for an entry that is set again', () => {
    const { map } = mapWith({ capacity: 2 });
    map.set('a', 1);
    map.set('b', 1);
    map.set('b', 2);
    expect(map.get('a')).toBe(1);
  });
});
