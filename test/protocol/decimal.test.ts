import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOctetCount } from '../../src/protocol/decimal.ts';

describe('parseOctetCount', () => {
  it('S18: takes digits up to 2^53 - 1 and nothing beyond', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 65n }), (value) => {
        expect(parseOctetCount(`${value}`)).toBe(value < 2n ** 53n ? Number(value) : undefined);
      }),
    );
  });

  it.each([
    ['0', 0],
    ['007', 7],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('S18: takes %j', (text, value) => {
    expect(parseOctetCount(text)).toBe(value);
  });

  it.each([
    '',
    ' ',
    '-1',
    '+1',
    '1.0',
    '1e9',
    '0x10',
    '1_000',
    '1 ',
    ' 1',
    '1\n',
    '\u0661',
    'Infinity',
    '9007199254740992',
    '9007199254740993',
    `${2n ** 63n}`,
    `${2n ** 64n}`,
    '9'.repeat(4000),
  ])('S18: refuses %j', (text) => {
    expect(parseOctetCount(text)).toBeUndefined();
  });
});
