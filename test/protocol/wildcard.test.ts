import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileWildcard, hasWildcard } from '../../src/protocol/wildcard.ts';

/** Patterns as pieces, each with the regular expression that means the same. */
const pieces = fc.array(
  fc.constantFrom(
    ['a', 'a'],
    ['b', 'b'],
    ['.', '\\.'],
    ['\u{1f600}', '\u{1f600}'],
    ['\\*', '\\*'],
    ['\\\\', '\\\\'],
    ['*', '.*'],
    ['**', '.*'],
    ['?', '.'],
    ['[ab]', '[ab]'],
    ['[!a]', '[^a]'],
    ['[a-c]', '[a-c]'],
    ['[a-cb]', '[a-c]'],
    ['[c-a]', '[^\\s\\S]'],
    ['[]b]', '[\\]b]'],
    ['[!]]', '[^\\]]'],
    ['[a-]', '[a\\-]'],
    ['[\\]a]', '[\\]a]'],
  ),
  { maxLength: 8 },
);
const names = fc.array(fc.constantFrom('a', 'b', 'c', '.', '*', '\\', ']', '-', '\u{1f600}', '\ud83d'), {
  maxLength: 10,
});

describe('compileWildcard', () => {
  it('agrees with regular expressions', () => {
    fc.assert(
      fc.property(pieces, names, (pattern, characters) => {
        const name = characters.join('');
        const regExp = new RegExp(`^${pattern.map(([, source]) => source).join('')}$`, 'su');
        const isHidden = name.startsWith('.') && pattern[0]?.[0] !== '.';
        const matches = compileWildcard(pattern.map(([text]) => text).join(''));
        expect(matches(name)).toBe(regExp.test(name) && !isHidden);
      }),
      { numRuns: 5000 },
    );
  });

  it('matches a name literally when all of it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const escaped = Array.from(name, (character) => `\\${character}`).join('');
        expect(hasWildcard(escaped)).toBe(false);
        expect(compileWildcard(escaped)(name)).toBe(true);
      }),
    );
  });

  it.each([
    ['*', 'a', true],
    ['*', '.a', false],
    ['?a', '.a', false],
    ['[.]a', '.a', false],
    ['.*', '.a', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a.txt.gz', false],
    ['*.TXT', 'a.txt', false],
    ['a[', 'a[', true],
    ['a[b', 'a[b', true],
    ['[]', '[]', true],
    ['[!]', '[!]', true],
    ['[a-', '[a-', true],
    ['[\\', '[\\', true],
    ['a\\', 'a\\', true],
    ['\u00e4?', '\u00e4\udcff', true],
    ['', '', true],
    ['', 'a', false],
    ['a*', 'a', true],
    ['{a,b}', 'a', false],
  ])('of %j says about %j: %s', (pattern, name, expected) => {
    expect(compileWildcard(pattern)(name)).toBe(expected);
  });

  it('S13: gets through 10,000 long names with the patterns that are worst', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `${'a'.repeat(250)}${index}`);
    for (const pattern of ['************a', '*a*a*a*a*a*a*a*a*a*a*b', `${'*a'.repeat(100)}b`, `*${'a'.repeat(120)}b`]) {
      expect(many.filter(compileWildcard(pattern))).toEqual([]);
    }
  });

  it('S13: gets through a pattern of nothing but opening brackets', () => {
    const pattern = '['.repeat(8000);
    expect(hasWildcard(pattern)).toBe(false);
    expect(compileWildcard(`${pattern}]`)('[')).toBe(true);
    expect(compileWildcard(`${'['.repeat(4000)}${'\\]'.repeat(2000)}`)('[')).toBe(false);
  });
});

describe('hasWildcard', () => {
  it.each(['*', 'a?', '[ab]', '[!a]', '\\\\*', 'a[b]c', '[]]'])('finds one in %j', (segment) => {
    expect(hasWildcard(segment)).toBe(true);
  });

  it.each(['', 'a', 'a[b', 'a]b', '[]', '\\*', '\\?', '\\[a]', 'a{b,c}', '\\'])('finds none in %j', (segment) => {
    expect(hasWildcard(segment)).toBe(false);
  });
});
