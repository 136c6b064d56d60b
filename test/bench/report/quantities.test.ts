import { expect, test } from 'vitest';
import { counted, duration, percentDigits, quantity, range } from '../../../bench/report/quantities.ts';

/** Numbers and their units are never parted; here an ordinary space is easier to read. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

test('a figure cannot be parted from its unit at the end of a line', () => {
  expect(quantity(1, 'ms')).toBe('1\u00a0ms');
  expect(range(1, 2, 'ms')).toBe('1–2\u00a0ms');
});

test('a range has its unit once, if it is that of both its ends', () => {
  expect(plain(range(2250, 2380, '/s'))).toBe('2,250–2,380/s');
  expect(plain(range(1.5e9, 2e9, 'B/s'))).toBe('1.5–2 GB/s');
  expect(plain(range(980e6, 1.02e9, 'B/s'))).toBe('980 MB/s–1.02 GB/s');
  expect(plain(range(1, 3, 'count'))).toBe('1–3');
});

test('only the whole is 100 per cent, and only nothing is 0', () => {
  expect([1, 0.996, 0.5, 0.004, 0].map(percentDigits)).toEqual(['100', '99', '50', '<1', '0']);
});

test('a duration is told in the units that people use', () => {
  expect([8.4, 59.6, 252, 7260].map((seconds) => plain(duration(seconds)))).toEqual([
    '8 s',
    '1 min 0 s',
    '4 min 12 s',
    '2 h 1 min',
  ]);
});

test('one client is not one clients', () => {
  expect([1, 50].map((count) => plain(counted(count, 'client')))).toEqual(['1 client', '50 clients']);
});
