import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HttpError } from '../../src/services/http-errors.ts';
import { directoryUrl, encodePath, parseTarget } from '../../src/services/http-target.ts';
import { decodeOctets } from '../../src/storage/octets.ts';

describe('the target of a request', () => {
  test.each([
    ['/', '/', true],
    ['/a/b.txt', '/a/b.txt', false],
    ['/a/', '/a', true],
    ['/a?x=/y', '/a', false],
    ['/?', '/', true],
    ['//a//b', '/a/b', false],
    ['/a/./b/../c', '/a/c', false],
    ['/a/..', '/', true],
    ['/a/.', '/a', true],
    ['/..', '/', true],
    ['/../../etc/passwd', '/etc/passwd', false],
    ['/%2e%2e/%2E%2e/etc', '/etc', false],
    ['/a/%2e', '/a', true],
    ['/%C3%BC%20%25', '/ü %', false],
    ['/%252e%252e/x', '/%2e%2e/x', false],
    ['/%fc', '/\udcfc', false],
    ['/\u00c3\u00bc', '/ü', false],
    ['/a+b', '/a+b', false],
    ['/\\..\\x', '/\\..\\x', false],
    ['http://host:80/a', '/a', false],
    ['HTTPS://host', '/', true],
    ['http://host?x', '/', true],
  ])('%j names %j', (target, path, asDirectory) => {
    expect(parseTarget(target)).toEqual({ path, asDirectory });
  });

  test.each(['/%', '/%4', '/%zz', '/a%00b', '/a%2fb', '/%2F', '/a%0d%0ab', '*', 'a', 'ftp://host/a'])(
    '%j is refused',
    (target) => {
      expect(() => parseTarget(target)).toThrow(new HttpError(400));
    },
  );

  test('S8: whatever it is, it names a path that is normalised, or nothing', () => {
    const part = fc.constantFrom('/', '.', '..', '%2e', '%2f', '%', 'a', '?', '\\', '%00', '%5c', '\u00ff', '//');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        let path: string;
        try {
          ({ path } = parseTarget(`/${parts.join('')}`));
        } catch (error) {
          expect(error).toEqual(new HttpError(400));
          return;
        }
        expect(path).toMatch(/^\/(?:$|(?:[^/\0]+\/)*[^/\0]+$)/);
        expect(path.split('/')).not.toContain('..');
        expect(path.split('/')).not.toContain('.');
      }),
    );
  });
});

describe('the URL of a path', () => {
  test('leads back to the path, whatever octets are in its names', () => {
    const octet = fc.integer({ min: 1, max: 255 }).filter((value) => ![0x0a, 0x0d, 0x2f].includes(value));
    fc.assert(
      fc.property(fc.array(octet, { minLength: 1 }), (octets) => {
        const name = decodeOctets(Uint8Array.from(octets));
        fc.pre(name !== '.' && name !== '..');
        const url = encodePath(`/x/${name}`);
        expect(url).toMatch(/^\/x\/[\w.~%-]+$/);
        expect(parseTarget(url)).toEqual({ path: `/x/${name}`, asDirectory: false });
        // As a browser takes it, from a link on a page of the directory.
        expect(new URL(url.slice(3), 'http://host/x/').pathname).toBe(url);
      }),
    );
  });

  test('of a directory ends in a slash and names no host', () => {
    expect(directoryUrl('/')).toBe('/');
    expect(directoryUrl('/a b')).toBe('/a%20b/');
    expect(directoryUrl(parseTarget('//evil.example/%2e%2e//x:').path)).toBe('/x%3A/');
    expect(directoryUrl(parseTarget('/\\evil.example').path)).toBe('/%5Cevil.example/');
  });
});
