import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyError } from '../../src/protocol/reply.ts';
import { baseName, joinPath, parentOf, quotePath, resolvePath } from '../../src/protocol/virtual-path.ts';

const segments = fc.oneof(
  fc.constantFrom('..', '.', '', 'a', 'b c', ' ', '...', '..a', '\\', '..\\..', '~', '%2e%2e', '\u2025', '\udcff'),
  fc.stringMatching(/^[^\0\r\n]*$/),
);
const requests = fc
  .tuple(fc.constantFrom('', '/', '//'), fc.array(segments), fc.constantFrom('', '/'))
  .map(([start, parts, end]) => start + parts.join('/') + end);
const paths = requests.map((request) => resolvePath('/', request));

describe('resolvePath', () => {
  it.each([
    ['/', '', '/'],
    ['/a', '', '/a'],
    ['/a', 'b', '/a/b'],
    ['/a', '/b', '/b'],
    ['/a/b', '..', '/a'],
    ['/a', '../..', '/'],
    ['/', '../../etc/passwd', '/etc/passwd'],
    ['/a', '../../../b', '/b'],
    ['/', '//a///b//', '/a/b'],
    ['/', './a/./b/.', '/a/b'],
    ['/', 'a/../b', '/b'],
    ['/', '...', '/...'],
    ['/', ' a ', '/ a '],
    ['/', '..\\..\\x', '/..\\..\\x'],
    ['/a', '~', '/a/~'],
  ])('in %j makes of %j %j', (directory, argument, expected) => {
    expect(resolvePath(directory, argument)).toBe(expected);
  });

  it('S8: gives a normalised absolute path, whatever is asked', () => {
    fc.assert(
      fc.property(paths, requests, (directory, request) => {
        const path = resolvePath(directory, request);
        expect(path.startsWith('/')).toBe(true);
        const names = path === '/' ? [] : path.slice(1).split('/');
        expect(names.filter((name) => name === '' || name === '.' || name === '..')).toEqual([]);
        expect(resolvePath('/', path)).toBe(path);
        expect(resolvePath(directory, path)).toBe(path);
      }),
    );
  });

  it('reaches the same in one step as in two', () => {
    fc.assert(
      fc.property(paths, requests, requests, (directory, first, second) => {
        const relative = second.replace(/^\/+/, '');
        expect(resolvePath(directory, `${first}/${relative}`)).toBe(
          resolvePath(resolvePath(directory, first || '/'), relative),
        );
      }),
    );
  });

  it.each(['a\0b', 'a\rb', 'a\nb', '\0'])('S8, W28: refuses %j with 501', (argument) => {
    expect(() => resolvePath('/', argument)).toThrow(new ReplyError(501, 'Invalid pathname.'));
  });
});

describe('parentOf, baseName and joinPath', () => {
  it('take a path apart and put it together again', () => {
    fc.assert(
      fc.property(paths, (path) => {
        fc.pre(path !== '/');
        expect(joinPath(parentOf(path), baseName(path))).toBe(path);
        expect(parentOf(path)).toBe(resolvePath(path, '..'));
      }),
    );
  });

  it('know that nothing is above the root', () => {
    expect(parentOf('/')).toBe('/');
    expect(baseName('/')).toBe('');
    expect(parentOf('/a')).toBe('/');
    expect(joinPath('/', 'a')).toBe('/a');
  });
});

describe('quotePath', () => {
  it('W15: doubles quotes, so that what stands between the outer ones can be read back', () => {
    expect(quotePath('/a "b"')).toBe('"/a ""b"""');
    fc.assert(
      fc.property(paths, (path) => {
        const quoted = quotePath(path);
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(path);
        expect(quoted.slice(1, -1).replaceAll('""', '')).not.toContain('"');
      }),
    );
  });
});
