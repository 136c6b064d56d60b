import { expect, test } from 'vitest';
import { parseRange } from '../../src/services/http-range.ts';

test.each([
  [undefined, 10, 'all'],
  ['bytes=0-3', 10, { first: 0, last: 3 }],
  ['Bytes=4-', 10, { first: 4, last: 9 }],
  ['bytes=-4', 10, { first: 6, last: 9 }],
  ['bytes=-40', 10, { first: 0, last: 9 }],
  ['bytes=9-9', 10, { first: 9, last: 9 }],
  ['bytes=5-100', 10, { first: 5, last: 9 }],
  ['bytes=5-99999999999999999999999', 10, { first: 5, last: 9 }],
  ['bytes= , 1-2 ,', 10, { first: 1, last: 2 }],
  ['bytes=10-', 10, 'unsatisfiable'],
  ['bytes=99999999999999999999999-', 10, 'unsatisfiable'],
  ['bytes=-0', 10, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=-1', 0, 'all'],
  ['bytes=0-1,4-5', 10, 'all'],
  ['bytes=5-4', 10, 'all'],
  ['bytes=', 10, 'all'],
  ['bytes=-', 10, 'all'],
  ['bytes=a-b', 10, 'all'],
  ['bytes=0x1-2', 10, 'all'],
  ['bytes=1e1-', 10, 'all'],
  ['bytes=+1-2', 10, 'all'],
  ['lines=1-2', 10, 'all'],
  ['0-3', 10, 'all'],
] as const)('S18: The range %j of %i octets is %j.', (header, size, range) => {
  expect(parseRange(header, size)).toEqual(range);
});
