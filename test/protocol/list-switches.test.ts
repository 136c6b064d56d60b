import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeSwitches } from '../../src/protocol/list-switches.ts';

const NONE = { all: false, recursive: false, byTime: false, bySize: false, reverse: false };

describe('takeSwitches', () => {
  it.each([
    ['', NONE, ''],
    ['dir', NONE, 'dir'],
    ['-a', { ...NONE, all: true }, ''],
    ['-la dir', { ...NONE, all: true }, 'dir'],
    ['-A dir', { ...NONE, all: true }, 'dir'],
    ['-CF', NONE, ''],
    ['-1', NONE, ''],
    ['-l -R a b', { ...NONE, recursive: true }, 'a b'],
    ['-lrt', { ...NONE, byTime: true, reverse: true }, ''],
    ['-tS', { ...NONE, bySize: true }, ''],
    ['-S -t', { ...NONE, byTime: true }, ''],
    ['-a  b ', { ...NONE, all: true }, ' b '],
    ['-- -a', NONE, '-a'],
    ['-a -- -R', { ...NONE, all: true }, '-R'],
    ['--', NONE, ''],
    ['-', NONE, '-'],
    ['---', NONE, '---'],
    ['--all', NONE, '--all'],
    ['-a/b', NONE, '-a/b'],
    ['-x.txt', NONE, '-x.txt'],
    [' -a', NONE, ' -a'],
    ['dir -a', NONE, 'dir -a'],
  ])('W23: separates %j', (argument, switches, rest) => {
    expect(takeSwitches(argument)).toEqual({ switches, rest });
  });

  it('W28: leaves the path behind the switches as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]+$/), fc.string({ unit: 'grapheme' }), (letters, path) => {
        expect(takeSwitches(`-${letters} -- ${path}`).rest).toBe(path);
      }),
    );
  });
});
