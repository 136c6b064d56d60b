import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatByteRate, parseByteRate } from '../../src/accounts/byte-rate.ts';

describe('a rate in octets per second', () => {
  test.each([
    ['500000', 500_000],
    ['500K', 512_000],
    ['500k', 512_000],
    ['1.5M', 1_572_864],
    ['2G', 2_147_483_648],
  ])('is read from %s', (text, rate) => {
    expect(parseByteRate(text)).toBe(rate);
  });

  test.each(['', '0', 'K', '-1', '1T', '5 K', '1e3', '0.0001', '.5M', '99999999999999999', 'Infinity'])(
    'is not read from "%s"',
    (text) => {
      expect(() => parseByteRate(text)).toThrow('is no rate in octets per second, such as 500000, 500K or 1.5M');
    },
  );

  test('survives being written and read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 45 }), (rate) => {
        expect(parseByteRate(formatByteRate(rate))).toBe(rate);
      }),
    );
    expect(formatByteRate(512_000)).toBe('500K');
  });
});
