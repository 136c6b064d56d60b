/**
 * What every FileSystem must do. Whoever writes another one runs this over it:
 *
 *   describeFileSystem('my storage', async () => ({ fileSystem: new MyStorage(), dispose: async () => {} }));
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryEntry, FileSystem, WriteMode } from '../../src/storage/file-system.ts';
import { StorageError, type StorageErrorKind } from '../../src/storage/storage-error.ts';

export interface FileSystemUnderTest {
  /** Empty. */
  readonly fileSystem: FileSystem;
  dispose(): Promise<void>;
}

export interface SuiteOptions {
  /** What the file systems that `make` gives do with broken uploads (default `keep`). */
  readonly brokenUploads?: 'keep' | 'delete';
}

/** Stores a whole file. */
export async function store(
  fileSystem: FileSystem,
  path: string,
  content: string | Uint8Array,
  how: WriteMode = { mode: 'replace' },
): Promise<void> {
  await using file = await fileSystem.write(path, how);
  await file.write(Buffer.from(content));
  await file.commit();
}

/** Reads a file to its end, in pieces of a few octets. */
export async function load(fileSystem: FileSystem, path: string, start = 0): Promise<string> {
  await using file = await fileSystem.read(path, { start });
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.alloc(5);
    const octets = await file.read(chunk);
    if (octets === 0) return Buffer.concat(chunks).toString();
    chunks.push(chunk.subarray(0, octets));
  }
}

/** Begins an upload, writes, and breaks it off. */
export async function breakOff(fileSystem: FileSystem, path: string, content: string, how: WriteMode): Promise<void> {
  const file = await fileSystem.write(path, how);
  if (content !== '') await file.write(Buffer.from(content));
  await file.abandon();
}

export async function entriesOf(fileSystem: FileSystem, path: string, details = false): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for await (const batch of fileSystem.list(path, { details })) entries.push(...batch);
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export async function namesIn(fileSystem: FileSystem, path: string): Promise<string[]> {
  return (await entriesOf(fileSystem, path)).map((entry) => entry.name);
}

/** Expects a StorageError of this kind. */
export async function expectKind(attempt: Promise<unknown>, kind: StorageErrorKind): Promise<void> {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StorageError);
  expect((error as StorageError).kind).toBe(kind);
}

export function describeFileSystem(
  name: string,
  make: () => Promise<FileSystemUnderTest>,
  { brokenUploads = 'keep' }: SuiteOptions = {},
): void {
  describe(`${name} as a file system`, () => {
    let fileSystem: FileSystem;
    let dispose: () => Promise<void>;

    beforeEach(async () => {
      const made = await make();
      fileSystem = made.fileSystem;
      dispose = () => made.dispose();
    });
    afterEach(() => dispose());

    describe('names and directories', () => {
      it('lists what was made, with types', async () => {
        await fileSystem.makeDirectory('/directory');
        await store(fileSystem, '/file', 'content');
        expect(await entriesOf(fileSystem, '/')).toEqual([
          { name: 'directory', type: 'directory' },
          { name: 'file', type: 'file' },
        ]);
        expect(await namesIn(fileSystem, '/directory')).toEqual([]);
      });

      it('lists the status of each entry when details are asked for', async () => {
        await store(fileSystem, '/file', 'content');
        const [entry] = await entriesOf(fileSystem, '/', true);
        expect(entry?.status).toEqual(await fileSystem.stat('/file'));
        expect(entry?.status).toMatchObject({ type: 'file', size: 7 });
      });

      it('lists in batches, none of them empty or large', async () => {
        await fileSystem.makeDirectory('/many');
        const names = Array.from({ length: 300 }, (_, index) => `file-${index}`);
        await Promise.all(names.map((each) => store(fileSystem, `/many/${each}`, '')));
        const sizes: number[] = [];
        for await (const batch of fileSystem.list('/many', { details: false })) sizes.push(batch.length);
        expect(sizes.length).toBeGreaterThan(1);
        expect(Math.min(...sizes)).toBeGreaterThan(0);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
        expect(await namesIn(fileSystem, '/many')).toEqual(names.sort());
      });

      it('ends a listing that nobody reads to its end', async () => {
        for (let index = 0; index < 3; index++) await store(fileSystem, `/${index}`, '');
        for await (const batch of fileSystem.list('/', { details: true })) {
          expect(batch.length).toBeGreaterThan(0);
          break;
        }
        expect(await namesIn(fileSystem, '/')).toHaveLength(3);
      });

      it.each([
        'with space',
        ' leading and trailing ',
        '-rf',
        '.hidden',
        'quote"d',
        'ümläut',
        '日本語',
        'e\u0301',
        '😀',
        '\ufffd',
        '%2e%2e',
        '...',
        '\udce4-latin1',
        'x'.repeat(255),
      ])('keeps a file named %j', async (each) => {
        await fileSystem.makeDirectory('/d');
        await store(fileSystem, `/d/${each}`, 'content');
        expect(await namesIn(fileSystem, '/d')).toEqual([each]);
        expect((await entriesOf(fileSystem, '/d', true))[0]?.status?.size).toBe(7);
        expect(await load(fileSystem, `/d/${each}`)).toBe('content');
        await fileSystem.rename(`/d/${each}`, '/d/other');
        await fileSystem.rename('/d/other', `/d/${each}`);
        await fileSystem.removeFile(`/d/${each}`);
        expect(await namesIn(fileSystem, '/d')).toEqual([]);
      });

      it.each(['', 'relative', '/a/../b', '/..', '/.', '/a/./b', '//a', '/a//b', '/a/', '/nul\0', '/cr\r', '/lf\n'])(
        'S8: refuses the path %j',
        async (path) => {
          await expectKind(fileSystem.stat(path), 'invalid-name');
          await expectKind(entriesOf(fileSystem, path), 'invalid-name');
          await expectKind(fileSystem.read(path), 'invalid-name');
          await expectKind(fileSystem.write(path, { mode: 'replace' }), 'invalid-name');
          await expectKind(fileSystem.makeDirectory(path), 'invalid-name');
          await expectKind(fileSystem.removeDirectory(path), 'invalid-name');
          await expectKind(fileSystem.removeFile(path), 'invalid-name');
          await store(fileSystem, '/good', '');
          await expectKind(fileSystem.rename('/good', path), 'invalid-name');
          await expectKind(fileSystem.rename(path, '/good'), 'invalid-name');
        },
      );

      it('fails with the kind that fits', async () => {
        await fileSystem.makeDirectory('/directory');
        await store(fileSystem, '/directory/file', '');
        await expectKind(fileSystem.stat('/missing'), 'not-found');
        await expectKind(entriesOf(fileSystem, '/missing'), 'not-found');
        await expectKind(entriesOf(fileSystem, '/directory/file'), 'not-a-directory');
        await expectKind(fileSystem.stat('/directory/file/below'), 'not-a-directory');
        await expectKind(fileSystem.makeDirectory('/directory'), 'exists');
        await expectKind(fileSystem.makeDirectory('/missing/below'), 'not-found');
        await expectKind(fileSystem.removeDirectory('/directory'), 'not-empty');
        await expectKind(fileSystem.removeDirectory('/directory/file'), 'not-a-directory');
        await expectKind(fileSystem.removeDirectory('/missing'), 'not-found');
        await expectKind(fileSystem.removeFile('/directory'), 'is-a-directory');
        await expectKind(fileSystem.removeFile('/missing'), 'not-found');
        await expectKind(fileSystem.rename('/missing', '/other'), 'not-found');
        await expectKind(fileSystem.read('/directory'), 'is-a-directory');
        await expectKind(fileSystem.read('/missing'), 'not-found');
      });

      it('does not let anybody remove, rename or replace the root', async () => {
        await expectKind(fileSystem.removeDirectory('/'), 'permission-denied');
        await expectKind(fileSystem.removeFile('/'), 'is-a-directory');
        await expectKind(fileSystem.makeDirectory('/'), 'exists');
        await expectKind(fileSystem.rename('/', '/other'), 'permission-denied');
        await expectKind(fileSystem.write('/', { mode: 'replace' }), 'is-a-directory');
        await expectKind(fileSystem.read('/'), 'is-a-directory');
        expect((await fileSystem.stat('/')).type).toBe('directory');
        expect((await fileSystem.stat('/', { followLinks: false })).type).toBe('directory');
      });

      it('renames files over files, and whole directories, but no directory into itself', async () => {
        await fileSystem.makeDirectory('/from');
        await store(fileSystem, '/from/file', 'new');
        await store(fileSystem, '/file', 'old');
        await fileSystem.rename('/from/file', '/file');
        expect(await load(fileSystem, '/file')).toBe('new');
        await store(fileSystem, '/from/inner', 'inner');
        await fileSystem.rename('/from', '/to');
        expect(await load(fileSystem, '/to/inner')).toBe('inner');
        await expectKind(fileSystem.rename('/to', '/to/self'), 'invalid-name');
        await expectKind(fileSystem.rename('/file', '/to'), 'is-a-directory');
        await expectKind(fileSystem.rename('/to', '/file'), 'not-a-directory');
      });
    });

    describe('reading', () => {
      beforeEach(() => store(fileSystem, '/file', 'hello world'));

      it('gives all octets in order, from any offset', async () => {
        expect(await load(fileSystem, '/file')).toBe('hello world');
        expect(await load(fileSystem, '/file', 6)).toBe('world');
        expect(await load(fileSystem, '/file', 11)).toBe('');
      });

      it('W17: refuses an offset beyond the end', async () => {
        await expectKind(fileSystem.read('/file', { start: 12 }), 'offset-beyond-end');
      });

      it('says how large the file is', async () => {
        await using file = await fileSystem.read('/file', { start: 3 });
        expect(file.size).toBe(11);
      });

      it('goes on with the old content while a new one takes its place', async () => {
        await using file = await fileSystem.read('/file');
        await store(fileSystem, '/file', 'other');
        const chunk = Buffer.alloc(20);
        expect(chunk.toString('utf8', 0, await file.read(chunk))).toBe('hello world');
      });

      it('does not pass off a file that shrinks meanwhile as complete', async () => {
        await using file = await fileSystem.read('/file');
        await using resumed = await fileSystem.write('/file', { mode: 'resume', at: 2 });
        await resumed.commit();
        const chunk = Buffer.alloc(20);
        expect(chunk.toString('utf8', 0, await file.read(chunk))).toBe('he');
        await expectKind(file.read(chunk), 'changed-while-reading');
      });
    });

    describe('uploads', () => {
      it('replaces the old content at commit, not before', async () => {
        await store(fileSystem, '/file', 'old content');
        await using file = await fileSystem.write('/file', { mode: 'replace' });
        expect(file.start).toBe(0);
        await file.write(Buffer.from('new '));
        await file.write(Buffer.from('one'));
        expect(await load(fileSystem, '/file')).toBe('old content');
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
        await file.commit();
        expect(await load(fileSystem, '/file')).toBe('new one');
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it('shows nothing of a new file before commit', async () => {
        await using file = await fileSystem.write('/file', { mode: 'replace' });
        await file.write(Buffer.from('content'));
        expect(await namesIn(fileSystem, '/')).toEqual([]);
        await expectKind(fileSystem.stat('/file'), 'not-found');
        await file.commit();
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it('stores an empty file', async () => {
        await store(fileSystem, '/empty', '');
        expect(await fileSystem.stat('/empty')).toMatchObject({ type: 'file', size: 0 });
      });

      it('keeps the mode of the file that it replaces', async () => {
        if (!fileSystem.setMode) return;
        await store(fileSystem, '/file', 'old');
        await fileSystem.setMode('/file', 0o600);
        await store(fileSystem, '/file', 'new');
        expect((await fileSystem.stat('/file')).mode).toBe(0o600);
      });

      it('does not take a name with `new` that is taken, be it before or during the upload', async () => {
        await store(fileSystem, '/taken', 'old');
        await expectKind(fileSystem.write('/taken', { mode: 'new' }), 'exists');
        const late = await fileSystem.write('/free', { mode: 'new' });
        await late.write(Buffer.from('late'));
        await store(fileSystem, '/free', 'first');
        await expectKind(late.commit(), 'exists');
        expect(await load(fileSystem, '/free')).toBe('first');
        await store(fileSystem, '/new', 'new', { mode: 'new' });
        expect(await load(fileSystem, '/new')).toBe('new');
        expect(await namesIn(fileSystem, '/')).toEqual(['free', 'new', 'taken']);
      });

      it('takes the name with `new` at once, so that a second one fails before it has sent anything', async () => {
        const first = await fileSystem.write('/file', { mode: 'new' });
        await expectKind(fileSystem.write('/file', { mode: 'new' }), 'exists');
        expect((await fileSystem.stat('/file')).size).toBe(0);
        await first.write(Buffer.from('first'));
        await expectKind(fileSystem.write('/file', { mode: 'new' }), 'exists');
        await first.commit();
        expect(await load(fileSystem, '/file')).toBe('first');
        await expectKind(fileSystem.write('/file', { mode: 'new' }), 'exists');
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it('gives the name to exactly one of many that want it with `new` at the same time', async () => {
        const attempts = Array.from({ length: 8 }, () => fileSystem.write('/file', { mode: 'new' }));
        const results = await Promise.allSettled(attempts);
        const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
        expect(winners).toHaveLength(1);
        for (const result of results) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ kind: 'exists' });
        }
        await winners[0]!.commit();
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it('makes the name free again when `new` breaks off before the first octet', async () => {
        const file = await fileSystem.write('/file', { mode: 'new' });
        await file.abandon();
        expect(await namesIn(fileSystem, '/')).toEqual([]);
        await store(fileSystem, '/file', 'next', { mode: 'new' });
        expect(await load(fileSystem, '/file')).toBe('next');
      });

      it('stores what `new` brought although somebody removed or renamed what stood for it', async () => {
        const removed = await fileSystem.write('/removed', { mode: 'new' });
        await fileSystem.removeFile('/removed');
        await removed.write(Buffer.from('content'));
        await removed.commit();
        expect(await load(fileSystem, '/removed')).toBe('content');
        const renamed = await fileSystem.write('/renamed', { mode: 'new' });
        await fileSystem.rename('/renamed', '/elsewhere');
        await renamed.abandon();
        expect(await namesIn(fileSystem, '/')).toEqual(['elsewhere', 'removed']);
      });

      it('leaves alone what somebody else put in the place of an upload with `new`, however that ends', async () => {
        for (const end of ['commit', 'abandon'] as const) {
          const replaced = await fileSystem.write(`/replaced-${end}`, { mode: 'new' });
          const appended = await fileSystem.write(`/appended-${end}`, { mode: 'new' });
          await replaced.write(Buffer.from('ours'));
          await appended.write(Buffer.from('ours'));
          await store(fileSystem, `/replaced-${end}`, 'theirs');
          await store(fileSystem, `/appended-${end}`, 'theirs', { mode: 'append' });
          for (const upload of [replaced, appended]) {
            if (end === 'commit') await expectKind(upload.commit(), 'exists');
            else await upload.abandon();
          }
          expect(await load(fileSystem, `/replaced-${end}`)).toBe('theirs');
          expect(await load(fileSystem, `/appended-${end}`)).toBe('theirs');
        }
        expect(await namesIn(fileSystem, '/')).toHaveLength(4);
      });

      it('appends, and makes the file when there is none', async () => {
        await store(fileSystem, '/log', 'one', { mode: 'append' });
        await using file = await fileSystem.write('/log', { mode: 'append' });
        expect(file.start).toBe(3);
        await file.write(Buffer.from(' two'));
        await file.commit();
        expect(await load(fileSystem, '/log')).toBe('one two');
      });

      it('resumes at the end, or before it, and cuts off what followed', async () => {
        await store(fileSystem, '/file', '0123456789');
        await store(fileSystem, '/file', 'AB', { mode: 'resume', at: 10 });
        expect(await load(fileSystem, '/file')).toBe('0123456789AB');
        await store(fileSystem, '/file', 'xyz', { mode: 'resume', at: 2 });
        expect(await load(fileSystem, '/file')).toBe('01xyz');
      });

      it('W17: leaves no hole when resuming beyond the end', async () => {
        await store(fileSystem, '/file', '0123');
        await expectKind(fileSystem.write('/file', { mode: 'resume', at: 5 }), 'offset-beyond-end');
        await expectKind(fileSystem.write('/missing', { mode: 'resume', at: 1 }), 'offset-beyond-end');
        expect(await load(fileSystem, '/file')).toBe('0123');
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it('leaves an old file as it was when its replacement breaks off', async () => {
        await store(fileSystem, '/file', 'old content');
        await breakOff(fileSystem, '/file', 'new', { mode: 'replace' });
        expect(await load(fileSystem, '/file')).toBe('old content');
        expect(await namesIn(fileSystem, '/')).toEqual(['file']);
      });

      it.each(['replace', 'new', 'append'] as const)(
        'leaves no empty file when %s breaks off at once',
        async (mode) => {
          await breakOff(fileSystem, '/file', '', { mode });
          expect(await namesIn(fileSystem, '/')).toEqual([]);
        },
      );

      it('abandons what is disposed of without a commit', async () => {
        await store(fileSystem, '/file', 'old');
        {
          await using file = await fileSystem.write('/file', { mode: 'replace' });
          await file.write(Buffer.from('new'));
        }
        expect(await load(fileSystem, '/file')).toBe('old');
      });

      it('treats ending twice as ending once', async () => {
        const file = await fileSystem.write('/file', { mode: 'replace' });
        await file.write(Buffer.from('content'));
        await file.commit();
        await file.abandon();
        await file.commit();
        expect(await load(fileSystem, '/file')).toBe('content');
        await expectKind(file.write(Buffer.from('more')), 'input-output');
      });

      it('waits with the end for a write that is under way', async () => {
        const file = await fileSystem.write('/file', { mode: 'replace' });
        const writing = file.write(Buffer.alloc(1 << 20, 'x'));
        await Promise.all([writing, file.commit()]);
        expect((await fileSystem.stat('/file')).size).toBe(1 << 20);
      });

      it('refuses a directory, and a file in no directory', async () => {
        await fileSystem.makeDirectory('/directory');
        for (const mode of ['replace', 'new', 'append'] as const) {
          await expectKind(fileSystem.write('/directory', { mode }), 'is-a-directory');
          await expectKind(fileSystem.write('/missing/file', { mode }), 'not-found');
        }
      });

      if (brokenUploads === 'keep') {
        describe('that break off and are kept', () => {
          it('leave what arrived under the name, to be resumed', async () => {
            await breakOff(fileSystem, '/file', 'part', { mode: 'replace' });
            expect(await load(fileSystem, '/file')).toBe('part');
            await store(fileSystem, '/file', ' two', { mode: 'resume', at: 4 });
            expect(await load(fileSystem, '/file')).toBe('part two');
            await breakOff(fileSystem, '/new', 'part', { mode: 'new' });
            expect(await load(fileSystem, '/new')).toBe('part');
            expect(await namesIn(fileSystem, '/')).toEqual(['file', 'new']);
          });

          it('leave the file alone that somebody else stored meanwhile', async () => {
            const file = await fileSystem.write('/file', { mode: 'replace' });
            await file.write(Buffer.from('part'));
            await store(fileSystem, '/file', 'whole');
            await file.abandon();
            expect(await load(fileSystem, '/file')).toBe('whole');
            expect(await namesIn(fileSystem, '/')).toEqual(['file']);
          });

          it('add what arrived to the file that they append to', async () => {
            await store(fileSystem, '/file', 'one');
            await breakOff(fileSystem, '/file', ' tw', { mode: 'append' });
            expect(await load(fileSystem, '/file')).toBe('one tw');
          });

          it('end with what arrived, so that the next resume goes on there', async () => {
            await store(fileSystem, '/file', '0123456789');
            await breakOff(fileSystem, '/file', 'ab', { mode: 'resume', at: 3 });
            expect(await load(fileSystem, '/file')).toBe('012ab');
            await breakOff(fileSystem, '/file', '', { mode: 'resume', at: 1 });
            expect(await load(fileSystem, '/file')).toBe('012ab');
          });
        });
      }

      if (brokenUploads === 'delete') {
        describe('that break off and are deleted', () => {
          it('leave nothing', async () => {
            await breakOff(fileSystem, '/file', 'part', { mode: 'replace' });
            await breakOff(fileSystem, '/new', 'part', { mode: 'new' });
            await breakOff(fileSystem, '/log', 'part', { mode: 'append' });
            expect(await namesIn(fileSystem, '/')).toEqual([]);
          });

          it('take back what they added', async () => {
            await store(fileSystem, '/file', 'one');
            await breakOff(fileSystem, '/file', ' two', { mode: 'append' });
            await breakOff(fileSystem, '/file', ' two', { mode: 'resume', at: 3 });
            expect(await load(fileSystem, '/file')).toBe('one');
          });
        });
      }
    });

    describe('capabilities', () => {
      it('sets the time of the last change to the millisecond, and no other', async () => {
        if (!fileSystem.setTimes) return;
        await store(fileSystem, '/file', '');
        for (const modifiedMs of [1_700_000_000_123, 1_699_999_999_001, 0, 86_400_999]) {
          await fileSystem.setTimes('/file', { modifiedMs });
          expect((await fileSystem.stat('/file')).modifiedMs).toBe(modifiedMs);
        }
        await fileSystem.setTimes('/file', { accessedMs: 1000 });
        expect((await fileSystem.stat('/file')).modifiedMs).toBe(86_400_999);
        await expectKind(fileSystem.setTimes('/missing', { modifiedMs: 0 }), 'not-found');
      });

      it('sets permission bits', async () => {
        if (!fileSystem.setMode) return;
        await store(fileSystem, '/file', '');
        await fileSystem.setMode('/file', 0o4750);
        expect((await fileSystem.stat('/file')).mode).toBe(0o4750);
        await expectKind(fileSystem.setMode('/missing', 0o644), 'not-found');
      });

      it('says how much room there is, and refuses at once what is announced to be larger', async () => {
        if (!fileSystem.available) return;
        const available = await fileSystem.available('/');
        expect(available).toBeGreaterThan(0);
        const expectedSize = 2 * available;
        await expectKind(fileSystem.write('/file', { mode: 'replace', expectedSize }), 'no-space');
        expect(await namesIn(fileSystem, '/')).toEqual([]);
        await expectKind(fileSystem.available('/missing'), 'not-found');
      });

      it('shows a directory as a root of its own', async () => {
        if (!fileSystem.within) return;
        await fileSystem.makeDirectory('/home');
        await fileSystem.makeDirectory('/home/inner');
        await store(fileSystem, '/outside', 'secret');
        const home = fileSystem.within('/home');
        await store(home, '/inner/file', 'content');
        expect(await load(fileSystem, '/home/inner/file')).toBe('content');
        expect(await namesIn(home, '/')).toEqual(['inner']);
        await expectKind(home.stat('/outside'), 'not-found');
        await expectKind(home.stat('/../outside'), 'invalid-name');
        expect(await namesIn(home.within!('/inner'), '/')).toEqual(['file']);
        await expectKind(home.removeDirectory('/'), 'permission-denied');
        await expectKind(entriesOf(fileSystem.within('/missing'), '/'), 'not-found');
      });

      it('gives two names of different files different ids', async () => {
        await store(fileSystem, '/one', '');
        await store(fileSystem, '/two', '');
        const [one, two] = [await fileSystem.stat('/one'), await fileSystem.stat('/two')];
        if (one.id === undefined) return;
        expect(one.id).not.toBe(two.id);
        expect(one.id).not.toMatch(/[;\s]/);
        expect((await fileSystem.stat('/one')).id).toBe(one.id);
      });
    });
  });
}
