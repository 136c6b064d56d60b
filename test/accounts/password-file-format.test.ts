import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PERMISSIONS } from '../../src/accounts/account.ts';
import { accountNameProblem } from '../../src/accounts/account-name.ts';
import {
  formatPasswordFileLine,
  PASSWORD_FILE_HEADER,
  PasswordFileError,
  parsePasswordFile,
} from '../../src/accounts/password-file-format.ts';
import { decoyPasswordHash } from '../../src/accounts/password-hash.ts';

const HASH = decoyPasswordHash();

function accountOf(line: string) {
  return parsePasswordFile(line, 'accounts').at(-1)?.record?.account;
}

describe('a password file', () => {
  test('may contain comments, empty lines, either line end and a byte order mark', () => {
    const lines = parsePasswordFile(
      `\ufeff# us\r\n\r\n  # more\nalice:${HASH}\r\nbob:${HASH}:read-write:/bob\n`,
      'accounts',
    );
    expect(lines.map(({ record }) => record?.account.name)).toEqual([undefined, undefined, undefined, 'alice', 'bob']);
  });

  test('gives an account the home / and read-only permissions unless it says more', () => {
    for (const line of [`alice:${HASH}`, `alice:${HASH}:`, `alice:${HASH}::`, ` alice:${HASH}:read-only:/ `]) {
      expect(accountOf(line), line).toEqual({ name: 'alice', home: '/', permissions: ['list', 'read'] });
    }
  });

  test('takes presets and single permissions together, in any order, with spaces', () => {
    expect(accountOf(`alice:${HASH}:write, read-only , delete`)?.permissions).toEqual([
      'list',
      'read',
      'write',
      'delete',
    ]);
    expect(accountOf(`alice:${HASH}:read-write`)?.permissions).toEqual(PERMISSIONS);
  });

  test('makes an administrator with a word', () => {
    expect(accountOf(`alice:${HASH}:administrator`)).toEqual({
      name: 'alice',
      home: '/',
      permissions: ['list', 'read'],
      administrator: true,
    });
  });

  test('has a rate with a word', () => {
    expect(accountOf(`alice:${HASH}:read,max-rate=500K`)).toEqual({
      name: 'alice',
      home: '/',
      permissions: ['read'],
      maxBytesPerSecond: 512_000,
    });
    expect(accountOf(`alice:${HASH}:max-rate=1`)?.permissions).toEqual(['list', 'read']);
    expect(() => accountOf(`alice:${HASH}:max-rate=fast`)).toThrow("line 1: 'fast' is no rate in octets per second");
  });

  test('has homes that contain colons and spaces, normalised', () => {
    expect(accountOf(`alice:${HASH}::/a:b//c d/`)?.home).toBe('/a:b/c d');
  });

  test.each([
    ['alice', "there is no ':'"],
    [`:${HASH}`, "account name '' is empty"],
    [`anonymous:${HASH}`, "account name 'anonymous' is the name of anonymous users"],
    [`FTP:${HASH}`, 'is the name of anonymous users'],
    [`a b:${HASH}`, "account name 'a b' contains white space"],
    [`a\u202eb:${HASH}`, 'a character that cannot be printed'],
    [`alice:${HASH}:reda`, "unknown permission 'reda' (known: read-only, read-write, list,"],
    [`alice:${HASH}::home`, "home 'home' does not begin with '/'"],
    [`alice:${HASH}::/a/../..`, "contains '.' or '..'"],
    [`alice:${HASH}::/a\0b`, 'home contains a character that cannot be printed'],
  ])('with the line "%s" is refused with the number of the line', (line, problem) => {
    const parse = () => parsePasswordFile(`# head\n\n${line}\n`, '/etc/accounts');
    expect(parse).toThrow(PasswordFileError);
    expect(parse).toThrow('/etc/accounts line 3: ');
    expect(parse).toThrow(problem);
  });

  test('with a password in clear is refused without repeating the password', () => {
    const parse = () => parsePasswordFile('alice:hunter2', 'accounts');
    expect(parse).toThrow(
      "accounts line 1: the password of 'alice' is not an scrypt hash; set it with: ohai-ftpd passwd",
    );
    expect(parse).not.toThrow('hunter2');
  });

  test('with an account twice is refused', () => {
    expect(() => parsePasswordFile(`a:${HASH}\nb:${HASH}\na:${HASH}\n`, 'accounts')).toThrow(
      "accounts line 3: account 'a' stands in line 1 already",
    );
  });

  test('begins with a header that is all comments and no secret', () => {
    expect(parsePasswordFile(PASSWORD_FILE_HEADER, 'accounts').every(({ record }) => record === undefined)).toBe(true);
  });

  test('gives back every account that was written to it', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => accountNameProblem(text) === undefined);
    const segment = fc
      .string({ minLength: 1, maxLength: 8 })
      .filter((text) => !/[/\0]/.test(text) && text === text.trim() && text !== '.' && text !== '..');
    const account = fc.record({
      name,
      home: fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`),
      permissions: fc.subarray([...PERMISSIONS], { minLength: 1 }),
      administrator: fc.boolean(),
      maxBytesPerSecond: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(account, ({ administrator, maxBytesPerSecond, ...rest }) => {
        const written = {
          ...rest,
          ...(administrator && { administrator }),
          ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond }),
        };
        const { text } = formatPasswordFileLine({ account: written, passwordHash: HASH });
        expect(parsePasswordFile(text, 'accounts')[0]?.record).toEqual({ account: written, passwordHash: HASH });
      }),
    );
  });
});
