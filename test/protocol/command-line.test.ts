import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/protocol/command-line.ts';

describe('parseCommandLine', () => {
  it.each([
    ['NOOP', 'NOOP', ''],
    ['pwd', 'PWD', ''],
    ['type i', 'TYPE', 'i'],
    ['CWD ', 'CWD', ''],
    ['RETR a b', 'RETR', 'a b'],
    ['RETR a\rb', 'RETR', 'a\rb'],
    ['RETR \udce4', 'RETR', '\udce4'],
  ])('takes %j apart', (text, verb, argument) => {
    expect(parseCommandLine(text)).toEqual({ verb, argument });
  });

  it.each(['', ' ', 'A', 'CD x', ' NOOP', 'NOOPS', 'HELLO x', 'RETR\tx', 'PWD\r', 'GET1', '\u017fTAT', 'NO\u212aP'])(
    'S12: takes %j for no command',
    (text) => {
      expect(parseCommandLine(text)).toBeUndefined();
    },
  );

  it('W28: keeps the rest of the line as it is', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z]{3,4}$/), fc.string({ unit: 'grapheme' }), (verb, argument) => {
        expect(parseCommandLine(`${verb} ${argument}`)).toEqual({ verb: verb.toUpperCase(), argument });
      }),
    );
  });
});
