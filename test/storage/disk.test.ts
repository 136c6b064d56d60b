import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { temporaryName } from '../../src/storage/temporary-name.ts';
import { type DiskFixture, diskIn, JAILS, makeDiskFixture } from './disk-fixture.ts';
import { breakOff, entriesOf, expectKind, load, namesIn, store } from './file-system-suite.ts';

describe('DiskFileSystem', () => {
  let fixture: DiskFixture;
  let disk: DiskFileSystem;

  beforeEach(() => {
    fixture = makeDiskFixture();
    disk = new DiskFileSystem({ root: fixture.root });
  });
  afterEach(() => fixture.dispose());

  const real = (path: string) => join(fixture.root, path);
  const temporaries = () => readdirSync(fixture.root).filter((name) => name.startsWith('.ohai-upload-'));

  describe('uploads', () => {
    it('S20: are made with mode 0666 less the umask', async () => {
      await store(disk, '/file', 'content');
      expect(statSync(real('file')).mode & 0o7777).toBe(0o666 & ~process.umask());
    });

    it('do not hand a set-user-ID bit on to other content', async () => {
      writeFileSync(real('program'), 'old');
      chmodSync(real('program'), 0o4755);
      await store(disk, '/program', 'new');
      expect(statSync(real('program')).mode & 0o7777).toBe(0o755);
    });

    it('go to a hidden file that no client can see, read or touch', async () => {
      const file = await disk.write('/file', { mode: 'replace' });
      await file.write(Buffer.from('content'));
      const [name] = temporaries();
      expect(name).toBeDefined();
      expect(await namesIn(disk, '/')).toEqual([]);
      await expectKind(disk.stat(`/${name}`), 'not-found');
      await expectKind(disk.read(`/${name}`), 'not-found');
      await expectKind(disk.removeFile(`/${name}`), 'not-found');
      await expectKind(disk.rename(`/${name}`, '/mine'), 'not-found');
      await file.commit();
      expect(temporaries()).toEqual([]);
    });

    it('leave no temporary file however they end', async () => {
      await breakOff(disk, '/kept', 'part', { mode: 'replace' });
      await breakOff(disk, '/empty', '', { mode: 'replace' });
      const beaten = await disk.write('/beaten', { mode: 'new' });
      writeFileSync(real('beaten'), 'first');
      await expectKind(beaten.commit(), 'exists');
      const replaced = await disk.write('/directory', { mode: 'replace' });
      mkdirSync(real('directory'));
      await expectKind(replaced.commit(), 'is-a-directory');
      expect(readdirSync(fixture.root).sort()).toEqual(['beaten', 'directory', 'kept']);
    });

    it('that a killed server left behind are removed in passing, once they are a day old', async () => {
      const [fresh, stale] = [temporaryName(), temporaryName()];
      const longAgo = Date.now() / 1000 - 25 * 60 * 60;
      for (const name of [fresh, stale]) writeFileSync(real(name), 'part');
      utimesSync(real(stale), longAgo, longAgo);
      expect(await namesIn(disk, '/')).toEqual([]);
      expect(temporaries()).toEqual([fresh]);
    });

    it('that a killed server left behind do not keep a directory from being removed', async () => {
      mkdirSync(real('directory'));
      const stale = join(real('directory'), temporaryName());
      writeFileSync(stale, 'part');
      await expectKind(disk.removeDirectory('/directory'), 'not-empty');
      utimesSync(stale, 1, 1);
      await disk.removeDirectory('/directory');
      expect(existsSync(real('directory'))).toBe(false);
    });

    it('leave a file of the client alone whose name only begins like theirs', async () => {
      await store(disk, '/.ohai-upload-notes', 'content');
      expect(await namesIn(disk, '/')).toEqual(['.ohai-upload-notes']);
    });

    it('refuse a symbolic link as their target', async () => {
      writeFileSync(real('file'), 'content');
      symlinkSync('file', real('link'));
      for (const symlinks of ['inside', 'deny'] as const) {
        const strict = new DiskFileSystem({ root: fixture.root, symlinks });
        await expectKind(strict.write('/link', { mode: 'replace' }), 'is-a-symlink');
        await expectKind(strict.write('/link', { mode: 'new' }), 'is-a-symlink');
        await expectKind(strict.write('/link', { mode: 'append' }), 'is-a-symlink');
        await expectKind(strict.write('/link', { mode: 'resume', at: 1 }), 'is-a-symlink');
      }
      expect(readFileSync(real('file'), 'utf8')).toBe('content');
    });

    it('write through a symbolic link when told to follow links', async () => {
      const following = new DiskFileSystem({ root: fixture.root, symlinks: 'follow' });
      symlinkSync(join(fixture.outside, 'secret'), real('link'));
      await store(following, '/link', 'new');
      expect(readFileSync(join(fixture.outside, 'secret'), 'utf8')).toBe('new');
      await store(following, '/link', ' and more', { mode: 'append' });
      expect(await load(following, '/link')).toBe('new and more');
      expect(readdirSync(fixture.outside)).toEqual(['secret']);
      expect(statSync(real('link')).ino).toBe(statSync(join(fixture.outside, 'secret')).ino);
    });
  });

  describe.runIf(process.platform === 'linux')('a full disk', () => {
    it('fails with no-space, and the old file stays as it was', async (context) => {
      const mountPoint = real('full');
      mkdirSync(mountPoint);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'ohai-test', mountPoint], { stdio: 'pipe' });
      } catch (error) {
        console.warn(`SKIPPED, as a small tmpfs cannot be mounted: ${error}`);
        context.skip();
      }
      try {
        const small = new DiskFileSystem({ root: mountPoint });
        await store(small, '/file', 'old content');
        const upload = await small.write('/file', { mode: 'replace' });
        await expectKind(upload.write(Buffer.alloc(2 << 20)), 'no-space');
        await upload.abandon();
        expect(readFileSync(join(mountPoint, 'file'), 'utf8')).toBe('old content');
        expect(readdirSync(mountPoint)).toEqual(['file']);
        await expectKind(small.write('/large', { mode: 'replace', expectedSize: 2 << 20 }), 'no-space');
        expect(await small.available('/')).toBeLessThan(1 << 20);
        small.close();
      } finally {
        execFileSync('umount', [mountPoint]);
      }
    });
  });

  describe.runIf(process.platform !== 'win32')('what is no regular file', () => {
    for (const [jail, makeJail] of JAILS) {
      it(`is neither read nor written, nor waited for, in the ${jail} jail`, async () => {
        execFileSync('mkfifo', [real('fifo')]);
        symlinkSync('fifo', real('link'));
        const disk = diskIn(makeJail, { root: fixture.root });
        await expectKind(disk.read('/fifo'), 'permission-denied');
        await expectKind(disk.read('/link'), 'permission-denied');
        for (const mode of ['replace', 'append'] as const) {
          await expectKind(disk.write('/fifo', { mode }), 'permission-denied');
        }
        await expectKind(disk.write('/fifo', { mode: 'resume', at: 0 }), 'permission-denied');
        expect((await disk.stat('/fifo')).type).toBe('other');
        expect(await entriesOf(disk, '/')).toEqual([
          { name: 'fifo', type: 'other' },
          { name: 'link', type: 'symlink' },
        ]);
      });
    }
  });

  it('names owner and group as the system does', async () => {
    await store(disk, '/file', '');
    const { uid, username } = userInfo();
    expect(await disk.stat('/file')).toMatchObject({ uid, owner: username, links: 1 });
  });

  it('gives two links to one file the same id', async () => {
    await store(disk, '/file', '');
    execFileSync('ln', [real('file'), real('other')]);
    expect((await disk.stat('/file')).id).toBe((await disk.stat('/other')).id);
    expect((await disk.stat('/file')).links).toBe(2);
  });

  it('puts neither the real path nor the original error into what it throws', async () => {
    const gone = new DiskFileSystem({ root: join(fixture.root, 'gone') });
    for (const attempt of [
      () => disk.stat('/missing'),
      () => disk.read('/missing'),
      () => disk.write('/missing/file', { mode: 'new' }),
      () => disk.rename('/missing', '/other'),
      () => entriesOf(disk, '/missing'),
      () => gone.stat('/'),
    ]) {
      const error = await attempt().then(
        () => expect.unreachable(),
        (reason: Error) => reason,
      );
      expect(error.cause).toBeUndefined();
      expect(error.message).not.toContain(fixture.root);
      expect(error.message).not.toContain('/proc');
    }
  });

  it('is usable again after close', async () => {
    await store(disk, '/file', 'content');
    disk.close();
    expect(await load(disk, '/file')).toBe('content');
    disk.close();
  });

  it.runIf(process.platform === 'linux')('leaves no descriptor open, whatever fails', async () => {
    const openDescriptors = () => readdirSync('/proc/self/fd').length;
    mkdirSync(real('directory'));
    symlinkSync(fixture.outside, real('away'));
    await store(disk, '/file', 'content');
    const before = openDescriptors();
    for (let round = 0; round < 5; round++) {
      await store(disk, '/file', 'content');
      await breakOff(disk, '/broken', 'x', { mode: 'append' });
      await load(disk, '/file');
      await entriesOf(disk, '/', true);
      for await (const _ of disk.list('/', { details: true })) break;
      await Promise.allSettled([
        disk.stat('/missing'),
        disk.read('/directory'),
        disk.read('/file', { start: 99 }),
        disk.write('/directory', { mode: 'replace' }),
        disk.write('/file', { mode: 'new' }),
        disk.write('/file', { mode: 'resume', at: 99 }),
        disk.write('/file', { mode: 'replace', expectedSize: Number.MAX_SAFE_INTEGER }),
        disk.rename('/missing', '/missing/too'),
        disk.removeDirectory('/file'),
        disk.stat('/away/secret'),
        disk.within('/directory').stat('/missing'),
      ]);
    }
    expect(openDescriptors()).toBe(before);
    disk.close();
    expect(openDescriptors()).toBe(before - 1);
  });
});
