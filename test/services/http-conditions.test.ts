import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  evaluateConditions,
  rangeApplies,
  validatorHeaders,
  validatorsOf,
} from '../../src/services/http-conditions.ts';
import type { FileStatus } from '../../src/storage/file-system.ts';

const AT = 'Sun, 06 Nov 1994 08:49:37 GMT';
const BEFORE = 'Sun, 06 Nov 1994 08:49:36 GMT';
const AFTER = 'Sun, 06 Nov 1994 08:49:38 GMT';
const STATUS: FileStatus = { type: 'file', size: 3, modifiedMs: Date.parse(AT) + 250, id: '1-2' };
const NOW = Date.parse('2026-01-01T00:00:00Z');
const VALIDATORS = validatorsOf(STATUS, NOW);
const TAG = VALIDATORS.etag;

describe('the validators of a file', () => {
  test('are a strong tag and a time in whole seconds', () => {
    expect(validatorHeaders(VALIDATORS)).toEqual({ ETag: TAG, 'Last-Modified': AT });
    expect(TAG).toMatch(/^"[\w-]{22}"$/);
    expect(validatorsOf(STATUS, NOW)).toEqual(VALIDATORS);
  });

  test.each([{ id: '1-3' }, { size: 4 }, { modifiedMs: STATUS.modifiedMs + 1 }])('differ with %j', (difference) => {
    expect(validatorsOf({ ...STATUS, ...difference }, NOW).etag).not.toBe(TAG);
  });

  test('never tell of a time to come, nor of one that HTTP cannot write', () => {
    const lastModified = (modifiedMs: number) =>
      validatorHeaders(validatorsOf({ ...STATUS, modifiedMs }, NOW))['Last-Modified'];
    expect(lastModified(NOW + 3_600_000)).toBe('Thu, 01 Jan 2026 00:00:00 GMT');
    expect(lastModified(-8e15)).toBeUndefined();
    expect(lastModified(Number.NaN)).toBeUndefined();
  });
});

describe('RFC 9110 section 13.2.2', () => {
  test.each<[IncomingHttpHeaders, string]>([
    [{}, 'proceed'],
    [{ 'if-none-match': TAG }, 'not-modified'],
    [{ 'if-none-match': `W/${TAG}` }, 'not-modified'],
    [{ 'if-none-match': `"a,b", ${TAG}` }, 'not-modified'],
    [{ 'if-none-match': ' * ' }, 'not-modified'],
    [{ 'if-none-match': '"other"' }, 'proceed'],
    [{ 'if-none-match': TAG.slice(1, -1) }, 'proceed'],
    [{ 'if-modified-since': AT }, 'not-modified'],
    [{ 'if-modified-since': AFTER }, 'not-modified'],
    [{ 'if-modified-since': BEFORE }, 'proceed'],
    [{ 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, 'not-modified'],
    [{ 'if-modified-since': 'Sun Nov  6 08:49:37 1994' }, 'not-modified'],
    [{ 'if-modified-since': 'Sun Nov  6 08:49:36 1994' }, 'proceed'],
    [{ 'if-modified-since': '2099' }, 'proceed'],
    [{ 'if-modified-since': '' }, 'proceed'],
    [{ 'if-none-match': '"other"', 'if-modified-since': AFTER }, 'proceed'],
    [{ 'if-none-match': TAG, 'if-modified-since': BEFORE }, 'not-modified'],
    [{ 'if-match': TAG }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': `W/${TAG}` }, 'precondition-failed'],
    [{ 'if-match': '"other"' }, 'precondition-failed'],
    [{ 'if-match': '"other"', 'if-none-match': TAG }, 'precondition-failed'],
    [{ 'if-match': TAG, 'if-none-match': TAG }, 'not-modified'],
    [{ 'if-unmodified-since': AT }, 'proceed'],
    [{ 'if-unmodified-since': BEFORE }, 'precondition-failed'],
    [{ 'if-unmodified-since': 'x' }, 'proceed'],
    [{ 'if-match': TAG, 'if-unmodified-since': BEFORE }, 'proceed'],
  ])('%j: %s', (headers, verdict) => {
    expect(evaluateConditions(headers, VALIDATORS)).toBe(verdict);
  });
});

test.each<[string | undefined, boolean]>([
  [undefined, true],
  [TAG, true],
  [`W/${TAG}`, false],
  ['"other"', false],
  [AT, true],
  [BEFORE, false],
  [AFTER, false],
  ['x', false],
])('If-Range: %s lets a range count: %s.', (condition, applies) => {
  const headers = (condition === undefined ? {} : { 'if-range': condition }) as IncomingHttpHeaders;
  expect(rangeApplies(headers, VALIDATORS)).toBe(applies);
});
