import { describe, expect, test } from 'vitest';
import { splitTwoPaths } from '../../../src/protocol/commands/two-paths.ts';

describe('splitTwoPaths', () => {
  test.each([
    ['a b', [['a', 'b']]],
    [
      'a b c',
      [
        ['a', 'b c'],
        ['a b', 'c'],
      ],
    ],
    ['"a b" c', [['a b', 'c']]],
    ['"a b" "c d"', [['a b', 'c d']]],
    ['"say ""hi""" x', [['say "hi"', 'x']]],
    ['a', []],
    ['a ', []],
    ['', []],
  ])('%j has the ways %j', (argument, expected) => {
    expect(splitTwoPaths(argument).map(({ first, second }) => [first, second])).toEqual(expected);
  });
});
