import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decoyPasswordHash } from '../../src/accounts/password-hash.ts';
import { checkFtpServiceOptions, type FtpServiceOptions, OptionsError } from '../../src/services/ftp-options.ts';

const HASH = decoyPasswordHash();

describe('options of the FTP service', () => {
  test('need only a root; everything else has a default', () => {
    expect(checkFtpServiceOptions({ root: 'files' })).toEqual({
      root: resolve('files'),
      symlinks: 'inside',
      brokenUploads: 'keep',
      fsync: false,
      anonymous: false,
      accounts: [],
      greeting: 'OHAI',
      architecture: 'embedded',
      passive: {},
      timeouts: { loginMs: 60_000, idleMs: 300_000, dataConnectionMs: 30_000, stallMs: 60_000 },
      logins: { maxAttempts: 3, failureDelayMs: 1000 },
      maxBytesPerSecond: {},
      asciiConversion: true,
      asciiSizeLimit: 0,
      recursiveListingLimit: 0,
      hostNames: [],
      log: { level: 'error', format: 'text' },
    });
  });

  test('are plain data, and checking them again changes nothing', () => {
    const checked = checkFtpServiceOptions({
      root: '/srv',
      accounts: [
        { name: 'a', passwordHash: HASH, permissions: 'read-write' },
        { name: 'b', passwordHash: HASH, home: '/b/', maxBytesPerSecond: 1000 },
      ],
      passive: { ports: [50_000, 50_099], host: '203.0.113.7' },
      passwordFile: '/etc/accounts',
      maxBytesPerSecond: { server: 3_000_000, perUser: 2_000_000, anonymous: 5_000, perTransfer: 1_000_000 },
    });
    const copy = JSON.parse(JSON.stringify(checked));
    expect(copy).toEqual(checked);
    expect(checkFtpServiceOptions(copy)).toEqual(checked);
    expect(checked.accounts[1]).toMatchObject({ home: '/b', permissions: ['list', 'read'], administrator: false });
  });

  test.each<[unknown, string]>([
    [null, 'options must be an object'],
    [{}, 'root is missing: it must be text'],
    [{ root: '' }, 'root must not be empty'],
    [{ timeouts: { idleMs: '5' } }, 'timeouts.idleMs must be a whole number of milliseconds from 1 to 2147483647'],
    [{ timeouts: { idleMs: 0 } }, 'timeouts.idleMs must be a whole number of milliseconds from 1 to 2147483647'],
    [{ timeouts: { idleMs: 1.5 } }, 'timeouts.idleMs must be a whole number of milliseconds from 1 to 2147483647'],
    [{ timeouts: { idelMs: 5 } }, 'unknown option timeouts.idelMs'],
    [{ timeouts: 5 }, 'timeouts must be an object'],
    [{ foo: 1 }, 'unknown option foo'],
    [{ anonymous: true }, 'anonymous must be one of false, read-only, writable'],
    [{ symlinks: 'yes' }, 'symlinks must be one of inside, deny, follow'],
    [{ greeting: 'a\r\nb' }, 'greeting must be one line of text'],
    [{ passive: { ports: [2, 1] } }, 'passive.ports must begin with the lower port'],
    [{ passive: { ports: [0, 1] } }, 'passive.ports[0] must be a whole number from 1 to 65535'],
    [{ passive: { ports: '1-2' } }, 'passive.ports must be a pair of ports, [first, last]'],
    [{ passive: { host: 'example.com' } }, 'passive.host must be an IPv4 address such as 203.0.113.7'],
    [{ logins: { maxAttempts: 0 } }, 'logins.maxAttempts must be a whole number from 1 to 1000'],
    [
      { maxBytesPerSecond: { server: 0 } },
      'maxBytesPerSecond.server must be a whole number of octets per second, 1 or more',
    ],
    [{ maxBytesPerSecond: { perClient: 1 } }, 'unknown option maxBytesPerSecond.perClient'],
    [{ asciiSizeLimit: -1 }, 'asciiSizeLimit must be a whole number of octets, 0 or more'],
    [{ accounts: {} }, 'accounts must be a list of accounts'],
    [{ accounts: ['a'] }, 'accounts[0] must be an account'],
    [{ accounts: [{ name: 'ftp', passwordHash: HASH }] }, "accounts[0].name 'ftp' is the name of anonymous users"],
    [
      { accounts: [{ name: 'a', passwordHash: 'secret' }] },
      'accounts[0].passwordHash must be an scrypt hash as hashPassword makes it',
    ],
    [
      { accounts: [{ name: 'a', passwordHash: HASH, home: 'x' }] },
      "accounts[0].home is wrong: home 'x' does not begin with '/'",
    ],
    [
      { accounts: [{ name: 'a', passwordHash: HASH, permissions: ['raed'] }] },
      'accounts[0].permissions must be some of read-only, read-write, list, read, write, delete, rename, make-directory, change-metadata',
    ],
    [
      {
        accounts: [
          { name: 'a', passwordHash: HASH },
          { name: 'a', passwordHash: HASH },
        ],
      },
      "accounts must not contain 'a' twice",
    ],
  ])('%j are refused: %s', (options, message) => {
    const given = options && Object.keys(options).length > 0 ? { root: '/srv', ...options } : options;
    const check = () => checkFtpServiceOptions(given as FtpServiceOptions);
    expect(check).toThrow(OptionsError);
    expect(check).toThrow(new OptionsError(message));
  });
});
