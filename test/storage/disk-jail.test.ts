import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPath } from '../../src/storage/checked-path.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { StorageError } from '../../src/storage/storage-error.ts';
import { type DiskFixture, diskIn, JAILS, makeDiskFixture, snapshot } from './disk-fixture.ts';
import { entriesOf, expectKind, load, namesIn, store } from './file-system-suite.ts';

describe.each(JAILS)('the %s jail', (_, makeJail) => {
  let fixture: DiskFixture;
  let before: unknown;

  beforeEach(() => {
    fixture = makeDiskFixture();
    mkdirSync(real('deep/down'), { recursive: true });
    writeFileSync(real('deep/down/file'), 'inside');
    before = snapshot(fixture.outside);
  });
  afterEach(async () => {
    expect(snapshot(fixture.outside)).toEqual(before);
    await fixture.dispose();
  });

  const real = (path: string) => join(fixture.root, path);
  const disk = (symlinks: 'inside' | 'deny' = 'inside') => diskIn(makeJail, { root: fixture.root, symlinks });

  /** Every way to get at something through a path, for what must be refused whatever the call. */
  const attempts = (path: string, fileSystem = disk()) => [
    () => fileSystem.stat(path),
    () => entriesOf(fileSystem, path),
    () => fileSystem.read(path),
    () => fileSystem.setMode(path, 0o777),
    () => fileSystem.setTimes(path, { modifiedMs: 0 }),
    () => fileSystem.available(path),
    () => entriesOf(fileSystem.within(path), '/'),
    () => fileSystem.stat(`${path}/secret`),
    () => fileSystem.read(`${path}/secret`),
    () => fileSystem.write(`${path}/secret`, { mode: 'replace' }),
    () => fileSystem.write(`${path}/secret`, { mode: 'append' }),
    () => fileSystem.write(`${path}/new`, { mode: 'new' }),
    () => fileSystem.makeDirectory(`${path}/new`),
    () => fileSystem.makeSymlink('/', `${path}/new`),
    () => fileSystem.removeFile(`${path}/secret`),
    () => fileSystem.removeDirectory(`${path}/secret`),
    () => fileSystem.rename(`${path}/secret`, '/stolen'),
    () => fileSystem.rename('/deep/down/file', `${path}/secret`),
    () => fileSystem.within(path).read('/secret'),
  ];

  it.each([
    ['an absolute link', (outside: string) => outside],
    ['a relative link', () => '../outside'],
    ['a link to the root of the disk', () => '/'],
    ['a link that climbs above the root of the disk', () => '../../../../../../../../../..'],
    ['a link through another one', () => 'deep/../other'],
  ])('S9: refuses %s that leads outside, whatever the call', async (_, target) => {
    symlinkSync('../outside', real('other'));
    symlinkSync(target(fixture.outside), real('link'));
    for (const attempt of attempts('/link')) await expectKind(attempt(), 'permission-denied');
  });

  it('does not tell whether something outside exists', async () => {
    symlinkSync('..', real('link'));
    for (const path of ['/link/outside/secret', '/link/outside/missing', '/link/missing/too']) {
      await expectKind(disk().stat(path), 'permission-denied');
    }
    await expectKind(disk().stat('/deep/missing/too'), 'not-found');
  });

  it('S9: refuses a link to a file outside, but describes, renames and removes the link itself', async () => {
    symlinkSync('../outside/secret', real('link'));
    await expectKind(disk().stat('/link'), 'permission-denied');
    await expectKind(disk().read('/link'), 'permission-denied');
    await expectKind(disk().setMode('/link', 0o777), 'permission-denied');
    await expectKind(disk().write('/link', { mode: 'append' }), 'is-a-symlink');
    expect((await disk().stat('/link', { followLinks: false })).type).toBe('symlink');
    await disk().rename('/link', '/renamed');
    await disk().removeFile('/renamed');
    expect(readdirSync(fixture.root)).toEqual(['deep']);
  });

  it('follows links that stay inside: relative, absolute, chained, in the middle and at the end', async () => {
    symlinkSync('deep/down', real('relative'));
    symlinkSync(real('deep'), real('absolute'));
    symlinkSync('../../absolute/down/file', real('deep/down/chained'));
    symlinkSync(fixture.root, real('deep/home'));
    for (const path of [
      '/relative/file',
      '/absolute/down/file',
      '/relative/chained',
      '/deep/home/absolute/home/relative/file',
    ]) {
      expect(await load(disk(), path), path).toBe('inside');
    }
    await store(disk(), '/absolute/new', 'content');
    expect(readFileSync(real('deep/new'), 'utf8')).toBe('content');
    expect(await namesIn(disk(), '/deep/home')).toContain('absolute');
  });

  it('follows no link at all when told to deny them', async () => {
    symlinkSync('deep', real('link'));
    for (const attempt of attempts('/link', disk('deny'))) await expectKind(attempt(), 'is-a-symlink');
    await expectKind(disk('deny').makeSymlink('/deep', '/new'), 'not-supported');
    expect((await disk('deny').stat('/link', { followLinks: false })).type).toBe('symlink');
    await disk('deny').removeFile('/link');
    expect(await load(disk('deny'), '/deep/down/file')).toBe('inside');
  });

  it('keeps a home in a home: links to the rest of the root lead outside of it', async () => {
    symlinkSync('../..', real('deep/down/up'));
    symlinkSync(real('deep'), real('deep/down/absolute'));
    symlinkSync('.', real('deep/down/here'));
    const home = disk().within('/deep').within('/down');
    await expectKind(entriesOf(home, '/up'), 'permission-denied');
    await expectKind(entriesOf(home, '/absolute'), 'permission-denied');
    expect(await load(home, '/here/here/file')).toBe('inside');
    expect(await load(disk(), '/deep/down/up/deep/down/file')).toBe('inside');
  });

  it('ends in a loop of links, and at one that points to nothing', async () => {
    symlinkSync('loop', real('loop'));
    symlinkSync('nothing', real('dangling'));
    await expectKind(disk().stat('/loop'), 'is-a-symlink');
    await expectKind(disk().stat('/dangling'), 'not-found');
  });

  it('works with a root that is itself reached through a link', async () => {
    const link = join(dirname(fixture.root), 'link-to-root');
    symlinkSync('root', link);
    symlinkSync(real('deep'), real('absolute'));
    const throughLink = diskIn(makeJail, { root: link });
    expect(await load(throughLink, '/deep/down/file')).toBe('inside');
    expect(await load(throughLink, '/absolute/down/file')).toBe('inside');
  });

  describe('targets of links', () => {
    const targetOf = async (path: string) => (await disk().stat(path, { followLinks: false })).target;

    it('are shown as virtual paths or relative ones, and only when they lie inside', async () => {
      const shown: [link: string, target: string, shown: string | undefined][] = [
        ['relative', 'deep/down', 'deep/down'],
        ['deep/up', '../deep/down/file', '../deep/down/file'],
        ['absolute', real('deep/down/file'), '/deep/down/file'],
        ['root', fixture.root, '/'],
        ['away', fixture.outside, undefined],
        ['above', '../root/deep', undefined],
        ['sibling', `${fixture.root}-other`, undefined],
        ['sneaky', `${fixture.root}/../outside`, undefined],
        ['deep/over', '../../outside', undefined],
      ];
      for (const [link, target] of shown) symlinkSync(target, real(link));
      for (const [link, , expected] of shown) expect(await targetOf(`/${link}`), link).toBe(expected);
      const listed = await entriesOf(disk(), '/', true);
      expect(JSON.stringify(listed)).not.toContain('outside');
      expect(JSON.stringify(listed)).not.toContain(fixture.root);
    });

    it('are judged by where the directory really is, not by the path that led there', async () => {
      mkdirSync(real('deep/down/further'));
      symlinkSync(real('deep'), real('deep/down/further/jump'));
      symlinkSync('../../outside', real('deep/over'));
      expect(await targetOf('/deep/down/further/jump/over')).toBeUndefined();
    });

    it('are written relative, so that a link made by a client stays inside wherever the root is', async () => {
      await disk().makeSymlink('/deep/down/file', '/deep/link');
      expect(readlinkSync(real('deep/link'))).toBe('down/file');
      expect(await load(disk(), '/deep/link')).toBe('inside');
      await disk().within('/deep').makeSymlink('/down', '/down/self');
      expect(await load(disk(), '/deep/down/self/file')).toBe('inside');
      await disk().makeSymlink('/', '/deep/down/home');
      expect(await load(disk(), '/deep/down/home/deep/link')).toBe('inside');
      await expectKind(disk().makeSymlink('/../outside', '/bad'), 'invalid-name');
      await expectKind(disk().makeSymlink('/deep', '/deep/link'), 'exists');
    });
  });

  it('S8: no path of whatever segments gets at anything outside the root', async () => {
    symlinkSync('../outside', real('out'));
    symlinkSync('deep/down', real('in'));
    const segment = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        'deep',
        'down',
        'file',
        'in',
        'out',
        'secret',
        'outside',
        'root',
        '\\..',
        '..\\',
        '%2e%2e',
      ),
      fc.constantFrom(
        '\uff0e\uff0e',
        '\u2024\u2024',
        '..\0',
        '.. ',
        '/..',
        '\udcae\udcae',
        '\udcc0\udcaf',
        'C:',
        '~',
        '...',
      ),
      fc.string({ unit: 'grapheme-ascii', maxLength: 4 }),
    );
    const path = fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join('/')}`);
    const fileSystem = disk();
    const insideOnly = async (attempt: Promise<unknown>) => {
      const result = await attempt.catch((error: unknown) => {
        if (!(error instanceof StorageError)) throw error;
      });
      expect(JSON.stringify(result) ?? '').not.toMatch(/secret|outside/);
    };
    await fc.assert(
      fc.asyncProperty(path, async (each) => {
        await insideOnly(load(fileSystem, each));
        await insideOnly(
          entriesOf(fileSystem, each, true).then((entries) => entries.map(({ name }) => name === 'secret' && name)),
        );
        await insideOnly(fileSystem.setMode(each, 0o755));
        await insideOnly(fileSystem.removeFile(`${each}/secret`));
        await insideOnly(fileSystem.write(`${each}/secret`, { mode: 'resume', at: 1 }).then((file) => file.abandon()));
      }),
      { numRuns: 200 },
    );
  });
});

describe('checkPath', () => {
  it('S8: refuses on Windows what would be a separator, a drive, a device or another name there', () => {
    const names = [
      'a\\b',
      '..\\..',
      'C:',
      'file:stream',
      'nul',
      'CON',
      'com1.txt',
      'LPT9',
      'dot.',
      'space ',
      'a*',
      'a?',
      '<',
      '|',
    ];
    for (const name of names) {
      expect(() => checkPath(`/directory/${name}`, 'win32'), name).toThrow(StorageError);
      expect(() => checkPath(`/directory/${name}`, 'linux'), name).not.toThrow();
    }
    for (const name of ['console', 'common', 'null', 'a.b', '.hidden']) checkPath(`/${name}`, 'win32');
  });
});

describe('links that are followed', () => {
  it('lead wherever the administrator lets them', async () => {
    const fixture = makeDiskFixture();
    symlinkSync(fixture.outside, join(fixture.root, 'link'));
    const disk = new DiskFileSystem({ root: fixture.root, symlinks: 'follow' });
    expect(await load(disk, '/link/secret')).toBe('outside');
    expect((await disk.stat('/link', { followLinks: false })).target).toBeUndefined();
    await expectKind(disk.stat('/../outside'), 'invalid-name');
    rmSync(join(fixture.root, 'link'));
    await fixture.dispose();
  });
});
