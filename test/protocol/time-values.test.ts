import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimeValue, parseTimeValue } from '../../src/protocol/time-values.ts';

describe('formatTimeValue', () => {
  it('W18: writes fourteen digits in UTC', () => {
    expect(formatTimeValue(Date.UTC(2026, 0, 2, 3, 4, 5, 999))).toBe('20260102030405');
    expect(formatTimeValue(-1)).toBe('19691231235959');
  });

  it('writes the digits of the calendar, before the epoch as well', () => {
    const ms = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') });
    fc.assert(
      fc.property(ms, (each) => {
        expect(formatTimeValue(each)).toBe(new Date(each).toISOString().replaceAll(/[-:T]|\..*/g, ''));
      }),
    );
  });

  it('writes fourteen digits for any number', () => {
    fc.assert(
      fc.property(fc.double(), (ms) => {
        expect(formatTimeValue(ms)).toMatch(/^[0-9]{14}$/);
      }),
    );
  });
});

describe('parseTimeValue', () => {
  it('reads back what formatTimeValue writes', () => {
    const seconds = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z') / 1000, max: 253_402_300_799 });
    fc.assert(
      fc.property(seconds, (s) => {
        expect(parseTimeValue(formatTimeValue(s * 1000))).toBe(s * 1000);
      }),
    );
  });

  it.each([
    ['19700101000000', 0],
    ['19700101000000.5', 500],
    ['19700101000000.123456', 123],
    ['20240229120000', Date.UTC(2024, 1, 29, 12)],
    ['20161231235960', Date.UTC(2017, 0, 1)],
  ])('reads %s', (text, ms) => {
    expect(parseTimeValue(text)).toBe(ms);
  });

  it.each([
    '',
    '2026010203040',
    '202601020304055',
    '20260102030405.',
    '20260102030405,5',
    '20260102030405Z',
    ' 20260102030405',
    '20260102030405\n',
    '20261301000000',
    '20260001000000',
    '20260100000000',
    '20260132000000',
    '20260231000000',
    '20230229000000',
    '19000229000000',
    '20260101240000',
    '20260101006000',
    '20260101000060',
    '20260101000061',
    '+2026010203040',
    '\u0662026010203040',
  ])('refuses %j', (text) => {
    expect(parseTimeValue(text)).toBeUndefined();
  });
});
