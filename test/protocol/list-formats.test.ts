import { parseLine } from 'basic-ftp/dist/parseListUnix.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatListLine, formatMode, formatNameLine } from '../../src/protocol/list-formats.ts';
import type { DirectoryEntry, FileStatus } from '../../src/storage/file-system.ts';

const NOW = Date.UTC(2026, 2, 10, 12, 30, 15);
const DAY_MS = 86_400_000;

function entry(name: string, status: Partial<FileStatus> = {}): DirectoryEntry {
  const complete: FileStatus = { type: 'file', size: 0, modifiedMs: NOW, ...status };
  return { name, type: complete.type, status: complete };
}

function dateOf(modifiedMs: number, nowMs = NOW): string {
  return formatListLine(entry('x', { modifiedMs }), nowMs).slice(-16, -4);
}

const FILE_TYPES = { file: 1, directory: 2, symlink: 3, other: 0 };

/** Names that basic-ftp's regular expression can find the beginning and the end of. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((name) => !/[\0\r\n\u2028\u2029]|\d\s+\S|^\.{1,2}$| -> /.test(name));
const owners = fc.option(fc.stringMatching(/^[a-z_][a-z0-9_-]{0,20}$/), { nil: undefined });

describe('formatListLine', () => {
  it('W20: looks like a line of ls', () => {
    const status = { size: 1234, mode: 0o640, links: 2, owner: 'joe', group: 'staff' };
    expect(formatListLine(entry('a file', status), NOW)).toBe(
      '-rw-r-----    2 joe      staff            1234 Mar 10 12:30 a file\r\n',
    );
  });

  it('W20: fills in what the storage does not know', () => {
    expect(formatListLine(entry('d', { type: 'directory' }), NOW)).toMatch(/^drwxr-xr-x +1 ftp +ftp +0 /);
    expect(formatListLine(entry('f'), NOW)).toMatch(/^-rw-r--r-- +1 ftp +ftp +0 /);
    expect(formatListLine(entry('f', { uid: 0, gid: 100 }), NOW)).toMatch(/ 0 +100 /);
    expect(formatListLine({ name: 'f', type: 'file' }, NOW)).toMatch(/ Jan {2}1 {2}1970 f\r\n$/);
  });

  it('W20: is read by basic-ftp as what it was', () => {
    fc.assert(
      fc.property(
        names,
        fc.constantFrom('file', 'directory', 'symlink', 'other'),
        fc.maxSafeNat(),
        fc.nat(0o777),
        fc.integer({ min: 1, max: 100_000 }),
        owners,
        owners,
        (name, type, size, mode, links, owner, group) => {
          const status = { type, size, mode, links, owner, group } as const;
          const line = formatListLine(entry(name, status), NOW);
          expect(line.endsWith('\r\n')).toBe(true);
          expect(line[10]).toBe(' ');
          expect(parseLine(line.slice(0, -2))).toMatchObject({
            name,
            size,
            type: FILE_TYPES[type],
            hardLinkCount: links,
            user: owner ?? 'ftp',
            group: group ?? 'ftp',
            permissions: { user: mode >> 6, group: (mode >> 3) & 7, world: mode & 7 },
          });
        },
      ),
    );
  });

  it('W20: shows a date from which the minute of the last months, and the day of all others, can be told', () => {
    const times = fc.oneof(
      fc.integer({ min: NOW - 400 * DAY_MS, max: NOW + 400 * DAY_MS }),
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
    );
    fc.assert(
      fc.property(times, times, (modifiedMs, nowMs) => {
        const shown = dateOf(modifiedMs, nowMs);
        if (!shown.includes(':')) {
          expect(Date.parse(`${shown} UTC`)).toBe(Math.floor(modifiedMs / DAY_MS) * DAY_MS);
          return;
        }
        const years = [0, 1].map((ago) => new Date(nowMs).getUTCFullYear() - ago);
        const candidates = years.map((year) => Date.parse(`${shown.slice(0, 6)} ${year} ${shown.slice(7)} UTC`));
        expect(candidates.find((ms) => ms <= nowMs)).toBe(Math.floor(modifiedMs / 60_000) * 60_000);
      }),
    );
  });

  it.each([
    ['now', NOW, 'Mar 10 12:30'],
    ['later in this minute', NOW + 44_999, 'Mar 10 12:30'],
    ['the next minute', NOW + 45_000, 'Mar 10  2026'],
    ['182 days ago', NOW - 182 * DAY_MS, 'Sep  9 12:30'],
    ['183 days ago', NOW - 183 * DAY_MS, 'Sep  8  2025'],
    ['an unusable time', Number.NaN, 'Jan  1  1970'],
  ])('W20: shows %s as it should', (_, modifiedMs, shown) => {
    expect(formatListLine(entry('x', { modifiedMs }), NOW)).toContain(` ${shown} x\r\n`);
  });

  it('W20: shows the target of a link, and nothing where there is none', () => {
    const line = formatListLine(entry('l', { type: 'symlink', target: '/a b' }), NOW);
    expect(line).toMatch(/^lrwxrwxrwx /);
    expect(parseLine(line.slice(0, -2))).toMatchObject({ name: 'l', link: '/a b' });
    expect(formatListLine(entry('l', { type: 'symlink' }), NOW)).toMatch(/ l\r\n$/);
    expect(formatListLine(entry('f', { target: '/a' }), NOW)).toMatch(/ f\r\n$/);
  });

  it('W20: keeps spaces at both ends of a name', () => {
    expect(formatListLine(entry('  a '), NOW)).toMatch(/:30 {3}a \r\n$/);
  });

  it('W20: keeps the columns together when an owner has spaces in his name', () => {
    const line = formatListLine(entry('f', { owner: 'Domain Users', group: '' }), NOW);
    expect(parseLine(line.slice(0, -2))).toMatchObject({ name: 'f', user: 'Domain_Users', group: 'ftp' });
  });

  it('S16: lets no name or target forge a second line', () => {
    const forged = 'a\r\ndrwxr-xr-x b\0';
    const line = formatListLine(entry(forged, { type: 'symlink', target: forged }), NOW);
    expect(line).toMatch(/ a\?\?drwxr-xr-x b\? -> a\?\?drwxr-xr-x b\?\r\n$/);
    expect(formatNameLine(forged)).toBe('a??drwxr-xr-x b?\r\n');
  });
});

describe('formatNameLine', () => {
  it('W22: is the name and nothing else', () => {
    expect(formatNameLine(' a\u00fc ')).toBe(' a\u00fc \r\n');
  });
});

describe('formatMode', () => {
  it.each([
    [0o000, '----------'],
    [0o777, '-rwxrwxrwx'],
    [0o7777, '-rwsrwsrwt'],
    [0o7000, '---S--S--T'],
    [0o4750, '-rwsr-x---'],
  ])('of %o is %s', (mode, shown) => {
    expect(formatMode('file', mode)).toBe(shown);
  });
});
