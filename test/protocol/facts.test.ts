import { parseLine } from 'basic-ftp/dist/parseListMLSD.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/accounts/account.ts';
import {
  DEFAULT_FACTS,
  type Described,
  FACTS,
  formatFactLine,
  formatFactList,
  formatFacts,
  mlstFeature,
  needsStatus,
  parseFactList,
} from '../../src/protocol/facts.ts';

const STATUS: Described = {
  type: 'file',
  size: 42,
  modifiedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  createdMs: Date.UTC(2025, 0, 2, 3, 4, 5),
  mode: 0o644,
  uid: 1000,
  gid: 100,
  owner: 'joe',
  group: 'users',
  id: '1gx2',
};

const factLists = fc.subarray([...FACTS]);

describe('formatFacts', () => {
  it('W24: writes every fact with its semicolon', () => {
    expect(formatFacts(STATUS, FACTS, PERMISSIONS)).toBe(
      'type=file;size=42;modify=20260102030405;create=20250102030405;perm=adfrw;unique=1gx2;UNIX.mode=0644;' +
        'UNIX.uid=1000;UNIX.gid=100;UNIX.owner=1000;UNIX.group=100;UNIX.ownername=joe;UNIX.groupname=users;',
    );
  });

  it('leaves out what is not known', () => {
    expect(formatFacts({ type: 'directory' }, FACTS, [])).toBe('type=dir;perm=e;');
  });

  it('W24: names the listed directory and its parent', () => {
    const directory: Described = { ...STATUS, type: 'directory' };
    expect(formatFacts(directory, ['type', 'size'], [], 'cdir')).toBe('type=cdir;');
    expect(formatFacts(directory, ['type', 'size'], [], 'pdir')).toBe('type=pdir;');
  });

  it.each([
    ['/a', 'OS.unix=slink:/a'],
    ['../b=c', 'OS.unix=slink:../b=c'],
    ['a b', 'OS.unix=symlink'],
    ['a;b', 'OS.unix=symlink'],
    ['a\r\nb', 'OS.unix=symlink'],
    [undefined, 'OS.unix=symlink'],
  ])('W24: describes a link to %j', (target, type) => {
    expect(formatFacts({ type: 'symlink', target }, ['type'], [])).toBe(`type=${type};`);
  });

  it('lets the name of an owner end neither the fact nor the facts', () => {
    expect(formatFacts({ type: 'file', owner: 'a b;c\n' }, ['UNIX.ownername'], [])).toBe('UNIX.ownername=a_b_c_;');
  });

  it.each([
    ['file', PERMISSIONS, 'adfrw'],
    ['file', ['list', 'read'], 'r'],
    ['file', ['write'], 'aw'],
    ['directory', PERMISSIONS, 'cdeflmp'],
    ['directory', ['list', 'read'], 'el'],
    ['directory', ['make-directory'], 'em'],
    ['symlink', PERMISSIONS, 'df'],
    ['other', ['read'], ''],
  ] as const)('RFC 3659, 7.5.5: tells what can be done with a %s, given %j', (type, permissions, perm) => {
    expect(formatFacts({ type }, ['perm'], permissions)).toBe(`perm=${perm};`);
  });
});

describe('formatFactLine', () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((name) => !/[\0\r\n]/.test(name) && name !== '.' && name !== '..');

  it('W24: is read by basic-ftp as what it was', () => {
    fc.assert(
      fc.property(
        names,
        fc.maxSafeNat(),
        fc.integer({ min: 0, max: 253_402_300_799 }),
        fc.nat(0o777),
        fc.stringMatching(/^[a-z0-9]+$/),
        (name, size, modifiedS, mode, id) => {
          const described: Described = { ...STATUS, size, modifiedMs: modifiedS * 1000, mode, id };
          const line = formatFactLine(name, described, FACTS, PERMISSIONS);
          expect(line.endsWith('\r\n')).toBe(true);
          expect(parseLine(line.slice(0, -2))).toMatchObject({
            name,
            size,
            type: 1,
            modifiedAt: new Date(modifiedS * 1000),
            uniqueID: id,
            user: 'joe',
            group: 'users',
            permissions: { user: mode >> 6, group: (mode >> 3) & 7, world: mode & 7 },
          });
        },
      ),
    );
  });

  it('W24: lets basic-ftp tell directories and links', () => {
    const read = (described: Described) => parseLine(formatFactLine('n', described, FACTS, []).slice(0, -2));
    expect(read({ type: 'directory' })).toMatchObject({ type: 2 });
    expect(read({ type: 'symlink', target: '/t' })).toMatchObject({ type: 3, link: '/t' });
    expect(read({ type: 'symlink' })).toMatchObject({ type: 3, link: undefined });
    expect(read({ type: 'other' })).toMatchObject({ type: 0 });
  });

  it('begins with the space when no fact is wanted', () => {
    expect(formatFactLine(' a', STATUS, [], [])).toBe('  a\r\n');
  });

  it('S16: lets no name forge a second line', () => {
    expect(formatFactLine('a\r\ntype=dir; b', STATUS, ['type'], [])).toBe('type=file; a??type=dir; b\r\n');
  });
});

describe('parseFactList', () => {
  it('RFC 3659, 7.9: takes any case, ignores unknown facts, and needs no last semicolon', () => {
    expect(parseFactList('Size;TYPE;x.y;unix.MODE')).toEqual(['type', 'size', 'UNIX.mode']);
    expect(parseFactList('')).toEqual([]);
    expect(parseFactList('__proto__;constructor;')).toEqual([]);
  });

  it('reads back what formatFactList writes', () => {
    fc.assert(
      fc.property(factLists, (facts) => {
        expect(parseFactList(formatFactList(facts))).toEqual(facts);
      }),
    );
  });
});

describe('mlstFeature', () => {
  it('W25: stars what is switched on', () => {
    expect(mlstFeature(['type', 'modify'])).toMatch(/^MLST type\*;size;modify\*;create;perm;unique;UNIX\.mode;/);
    expect(mlstFeature(DEFAULT_FACTS)).toMatch(/;$/);
  });
});

describe('needsStatus', () => {
  it('is false exactly when a bare entry of a directory says as much', () => {
    fc.assert(
      fc.property(factLists, (facts) => {
        const known = formatFacts({ ...STATUS, type: 'file' }, facts, PERMISSIONS);
        expect(needsStatus(facts)).toBe(known !== formatFacts({ type: 'file' }, facts, PERMISSIONS));
      }),
    );
  });
});
