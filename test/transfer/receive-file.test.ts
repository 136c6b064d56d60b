import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, constants, ftruncateSync, mkdirSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { libraryFunction } from '../../src/posix/libc.ts';
import { spliceAvailable } from '../../src/posix/splice.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { FileCursor } from '../../src/storage/file-cursor.ts';
import type { FileSystem, WritableFile, WriteMode } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { StorageError } from '../../src/storage/storage-error.ts';
import { DataConnectionError } from '../../src/transfer/data-connection-error.ts';
import { canTakeIn } from '../../src/transfer/intake.ts';
import { receiveFile } from '../../src/transfer/receive-file.ts';
import { reset } from '../../src/transfer/reset.ts';
import { connectedPair } from '../support/connected-pair.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 2 ** 20;
/** <linux/magic.h> */
const TMPFS_MAGIC = 0x0102_1994;
const TMPFS = '/dev/shm';
/** What goes through the process before it is asked how a file can be written, and one buffer more. */
const BY_BUFFER_BYTES = 128 * 1024 + MIB;

/** Turns of the event loop, until it is so. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

function diskAt(root: string): DiskFileSystem {
  const disk = new DiskFileSystem({ root });
  onTestFinished(() => disk.close());
  return disk;
}

async function tmpfsDirectory(): Promise<string> {
  const directory = await mkdtemp(join(TMPFS, 'ohai-ftpd-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function contentOf(fileSystem: FileSystem, path = '/file'): Promise<Buffer> {
  await using file = await fileSystem.read(path);
  const content = Buffer.alloc(file.size);
  for (let at = 0; at < content.length; ) at += await file.read(content.subarray(at));
  return content;
}

async function fill(fileSystem: FileSystem, content: Uint8Array): Promise<void> {
  await using file = await fileSystem.write('/file', { mode: 'replace' });
  await file.write(content);
  await file.commit();
}

/** The file, some of its functions being others. */
function changedFile(file: WritableFile, changed: Partial<WritableFile>): WritableFile {
  return {
    start: file.start,
    ...(file.inKernel && { inKernel: () => file.inKernel!() }),
    write: (chunk) => file.write(chunk),
    commit: () => file.commit(),
    abandon: () => file.abandon(),
    [Symbol.asyncDispose]: () => file.abandon(),
    ...changed,
  };
}

/** Counts the octets that write() is given. */
function observed(file: WritableFile): { file: WritableFile; written: () => number } {
  let octets = 0;
  const write = (chunk: Uint8Array) => {
    octets += chunk.length;
    return file.write(chunk);
  };
  return { file: changedFile(file, { write }), written: () => octets };
}

/** Stores everything. @returns what was told of octets that have been stored. */
async function store(socket: Socket, file: WritableFile, onOctets?: (chunk: Uint8Array) => void): Promise<number> {
  if (!canTakeIn(socket)) throw new Error('cannot be taken in');
  let moved = 0;
  const onMoved = (octets: number) => {
    expect(octets).toBeGreaterThan(0);
    moved += octets;
  };
  await receiveFile(socket, file, { onMoved, ...(onOctets && { onOctets }) });
  return moved;
}

function onTmpfs(directory: string): boolean {
  try {
    return statfsSync(directory).type === TMPFS_MAGIC;
  } catch {
    return false;
  }
}

const STORAGES: readonly { storage: string; missing?: string | undefined; make: () => Promise<FileSystem> }[] = [
  {
    storage: 'a file in memory',
    missing: onTmpfs(TMPFS) ? undefined : `no tmpfs at ${TMPFS}`,
    make: async () => diskAt(await tmpfsDirectory()),
  },
  { storage: 'a file in the temporary directory', make: async () => diskAt(await temporaryDirectory()) },
  { storage: 'a storage that the kernel does not know', make: async () => new MemoryFileSystem() },
];

const descriptors = () => readdirSync('/proc/self/fd').length;

describe.runIf(spliceAvailable())('receiveFile', () => {
  let before = 0;

  beforeAll(() => {
    before = descriptors();
  });

  afterAll(() => vi.waitFor(() => expect(descriptors()).toBe(before), patience.poll));

  describe.each(STORAGES)('into $storage', ({ missing, make }) => {
    let fileSystem: FileSystem;

    beforeEach(async ({ skip }) => {
      if (missing) skip(missing);
      fileSystem = await make();
    });

    const opened = async (how: WriteMode = { mode: 'replace' }) => {
      const file = await fileSystem.write('/file', how);
      onTestFinished(() => file.abandon());
      return file;
    };

    test.each([0, 1, 4 * 1024, 128 * 1024, 5 * MIB + 3])('stores %i octets, each once', async (size) => {
      const content = randomBytes(size);
      const { ours, theirs } = await connectedPair();
      const file = await opened();
      theirs.end(content);
      expect(await store(ours, file)).toBe(size);
      await file.commit();
      expect((await contentOf(fileSystem)).equals(content)).toBe(true);
    });

    test('stores what trickles in, in pieces of any size', async () => {
      const content = randomBytes(3 * MIB);
      const { ours, theirs } = await connectedPair();
      const file = await opened();
      let moved = 0;
      const storing = receiveFile(ours, file, { onMoved: (octets) => (moved += octets) });
      for (let sent = 0, piece = 1; sent < content.length; piece = ((piece * 7) % 150_001) + 1) {
        const end = Math.min(sent + piece, content.length);
        theirs.write(content.subarray(sent, end));
        sent = end;
        await until(() => moved === sent);
      }
      theirs.end();
      await storing;
      await file.commit();
      expect(moved).toBe(content.length);
      expect((await contentOf(fileSystem)).equals(content)).toBe(true);
    });

    test('goes on at an offset, and cuts off what was behind', async () => {
      const [old, content] = [randomBytes(4 * MIB), randomBytes(2 * MIB + 1)];
      await fill(fileSystem, old);
      const { ours, theirs } = await connectedPair();
      const file = await opened({ mode: 'resume', at: 123_457 });
      theirs.end(content);
      expect(await store(ours, file)).toBe(content.length);
      await file.commit();
      expect((await contentOf(fileSystem)).equals(Buffer.concat([old.subarray(0, 123_457), content]))).toBe(true);
    });

    test('appends, also behind what another one appends meanwhile', async () => {
      const [old, first, others, second] = [1000, MIB, 777, MIB].map((size) => randomBytes(size)) as Four<Buffer>;
      await fill(fileSystem, old);
      const { ours, theirs } = await connectedPair();
      const file = await opened({ mode: 'append' });
      expect(await file.inKernel?.()).toBeUndefined();
      let moved = 0;
      const storing = receiveFile(ours, file, { onMoved: (octets) => (moved += octets) });
      theirs.write(first);
      await until(() => moved === first.length);
      await using other = await fileSystem.write('/file', { mode: 'append' });
      await other.write(others);
      await other.commit();
      theirs.end(second);
      await storing;
      await file.commit();
      expect(moved).toBe(first.length + second.length);
      expect((await contentOf(fileSystem)).equals(Buffer.concat([old, first, others, second]))).toBe(true);
    });

    test('tells of the octets in their order, if somebody wants to hear of them', async () => {
      const content = randomBytes(5 * MIB + 3);
      const { ours, theirs } = await connectedPair();
      const file = await opened();
      const heard: Buffer[] = [];
      theirs.end(content);
      expect(await store(ours, file, (chunk) => heard.push(Buffer.from(chunk)))).toBe(content.length);
      await file.commit();
      expect(Buffer.concat(heard).equals(content)).toBe(true);
      expect((await contentOf(fileSystem)).equals(content)).toBe(true);
    });

    describe.each([0, 4096, MIB])('after %i octets', (size) => {
      /** A transfer that has stored so many octets and waits for more. */
      async function underWay() {
        const { ours, theirs } = await connectedPair();
        let moved = 0;
        const storing = receiveFile(ours, await opened(), { onMoved: (octets) => (moved += octets) });
        storing.catch(() => {});
        if (size > 0) theirs.write(Buffer.alloc(size, 'x'));
        await until(() => moved === size);
        await nextTurn();
        return { ours, theirs, storing, moved: () => moved };
      }

      test('a client that closes has sent everything', async () => {
        const { theirs, storing, moved } = await underWay();
        theirs.destroy();
        await storing;
        expect(moved()).toBe(size);
      });

      test('a reset breaks the transfer (W6)', async () => {
        const { theirs, storing } = await underWay();
        theirs.resetAndDestroy();
        await expect(storing).rejects.toBeInstanceOf(DataConnectionError);
      });

      test.each([1, 4096, 60_000])('a reset right behind %i more breaks the transfer (W6)', async (more) => {
        const { theirs, storing } = await underWay();
        theirs.write(Buffer.alloc(more, 'y'));
        theirs.resetAndDestroy();
        await expect(storing).rejects.toBeInstanceOf(DataConnectionError);
      });

      test('a connection that is destroyed here breaks the transfer, with its error', async () => {
        const { ours, storing } = await underWay();
        ours.destroy(new DataConnectionError('stalled'));
        await expect(storing).rejects.toMatchObject({ name: 'DataConnectionError', reason: 'stalled' });
      });
    });

    test('a reset that came before anybody read breaks the transfer (W6)', async () => {
      const { ours, theirs } = await connectedPair();
      theirs.write(Buffer.alloc(4096));
      theirs.resetAndDestroy();
      await once(theirs, 'close');
      await expect(store(ours, await opened())).rejects.toBeInstanceOf(DataConnectionError);
    });

    test('a connection that is closed already breaks the transfer', async () => {
      const { ours } = await connectedPair();
      ours.destroy();
      await expect(store(ours, await opened())).rejects.toBeInstanceOf(DataConnectionError);
    });

    test('the stall time of the connection begins anew whenever octets come', async () => {
      const { ours, theirs } = await connectedPair();
      ours.setTimeout(3_600_000);
      const restarted = vi.spyOn(ours, 'setTimeout');
      let moved = 0;
      const storing = receiveFile(ours, await opened(), { onMoved: (octets) => (moved += octets) });
      for (const size of [1, MIB, 3, 2 * MIB]) {
        const wanted = moved + size;
        restarted.mockClear();
        theirs.write(Buffer.alloc(size));
        await until(() => moved === wanted);
        expect(restarted).toHaveBeenCalledWith(3_600_000);
      }
      theirs.end();
      await storing;
    });
  });

  test('octets for a file in memory stay in the kernel, from where it is known that there are many', async ({
    skip,
  }) => {
    if (!onTmpfs(TMPFS)) skip(`no tmpfs at ${TMPFS}`);
    const content = randomBytes(20 * MIB);
    const { ours, theirs } = await connectedPair();
    const disk = diskAt(await tmpfsDirectory());
    const { file, written } = observed(await disk.write('/file', { mode: 'replace' }));
    theirs.end(content);
    expect(await store(ours, file)).toBe(content.length);
    await file.commit();
    expect(written()).toBeLessThan(BY_BUFFER_BYTES);
    expect((await contentOf(disk)).equals(content)).toBe(true);
  });

  test('those of several uploads at once, each in its file', async ({ skip }) => {
    if (!onTmpfs(TMPFS)) skip(`no tmpfs at ${TMPFS}`);
    const disk = diskAt(await tmpfsDirectory());
    const contents = [7 * MIB + 1, 5 * MIB, 9 * MIB + 4097, 12].map((size) => randomBytes(size));
    const uploads = contents.map(async (content, index) => {
      const { ours, theirs } = await connectedPair();
      const file = await disk.write(`/file-${index}`, { mode: 'replace' });
      theirs.end(content);
      expect(await store(ours, file)).toBe(content.length);
      await file.commit();
    });
    await Promise.all(uploads);
    for (const [index, content] of contents.entries()) {
      expect((await contentOf(disk, `/file-${index}`)).equals(content)).toBe(true);
    }
  });

  test('and not with somebody who wants to hear of them', async ({ skip }) => {
    if (!onTmpfs(TMPFS)) skip(`no tmpfs at ${TMPFS}`);
    const { ours, theirs } = await connectedPair();
    const disk = diskAt(await tmpfsDirectory());
    const { file, written } = observed(await disk.write('/file', { mode: 'replace' }));
    theirs.end(randomBytes(5 * MIB));
    expect(await store(ours, file, () => {})).toBe(5 * MIB);
    expect(written()).toBe(5 * MIB);
    await file.commit();
  });

  test('other work has its turn between two MiB that are moved within the kernel', async ({ skip }) => {
    if (!onTmpfs(TMPFS)) skip(`no tmpfs at ${TMPFS}`);
    const { ours, theirs } = await connectedPair();
    const disk = diskAt(await tmpfsDirectory());
    const file = await disk.write('/file', { mode: 'replace' });
    let inTurn = 0;
    let most = 0;
    const onMoved = (octets: number) => {
      inTurn += octets;
      most = Math.max(most, inTurn);
    };
    theirs.end(Buffer.alloc(32 * MIB));
    let storing = true;
    const stored = receiveFile(ours, file, { onMoved }).finally(() => (storing = false));
    while (storing) {
      await nextTurn();
      inTurn = 0;
    }
    await stored;
    await file.commit();
    // Between two of ours are two of theirs: a signal and a MiB, which the last pipe may exceed by another one.
    expect(most).toBeLessThan(4 * MIB + 64 * 1024);
  });

  describe('with a storage that is slow', () => {
    /** Waits with every chunk until it is allowed to store it. */
    async function slow() {
      const storage = new MemoryFileSystem();
      const stored = await storage.write('/file', { mode: 'replace' });
      let release!: () => void;
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      let calls = 0;
      const write = async (chunk: Uint8Array) => {
        calls++;
        await released;
        await stored.write(chunk);
      };
      onTestFinished(release);
      return { storage, file: changedFile(stored, { write }), release, calls: () => calls };
    }

    test('nothing is read ahead of it, and the sender has to wait', async () => {
      const content = randomBytes(32 * MIB);
      const { ours, theirs } = await connectedPair();
      const { storage, file, release, calls } = await slow();
      const storing = store(ours, file);
      theirs.end(content);
      await until(() => calls() === 1);
      for (let turn = 0; turn < 500; turn++) await nextTurn();
      expect(calls()).toBe(1);
      // More than the kernel keeps for a connection.
      expect(theirs.writableLength).toBeGreaterThan(0);
      release();
      expect(await storing).toBe(content.length);
      await file.commit();
      expect((await contentOf(storage)).equals(content)).toBe(true);
    });

    test('a connection that is reset here ends for the client, while the storage is still waited for', async () => {
      const { ours, theirs } = await connectedPair();
      const { file, release, calls } = await slow();
      const storing = store(ours, file);
      storing.catch(() => {});
      theirs.write('octets');
      await until(() => calls() === 1);
      const failed = new Promise((resolve) => theirs.once('error', resolve));
      reset(ours, new DataConnectionError('broken'));
      theirs.resume();
      expect(await failed).toMatchObject({ code: 'ECONNRESET' });
      release();
      await expect(storing).rejects.toBeInstanceOf(DataConnectionError);
    });
  });

  describe('when the file cannot be written within the kernel', () => {
    /** A file that write() stores in `handle`, and of which the kernel is told that `descriptor` is it. */
    function told(handle: FileHandle, descriptor: number, write?: WritableFile['write']): WritableFile {
      const cursor = new FileCursor(0);
      const storeChunk = async (chunk: Uint8Array) => {
        const { bytesWritten } = await handle.write(chunk, 0, chunk.length, cursor.position);
        expect(bytesWritten).toBe(chunk.length);
        cursor.position += bytesWritten;
      };
      const end = async () => {};
      return {
        start: 0,
        inKernel: async () => cursor.inKernel(descriptor, 'memory'),
        write: write ?? storeChunk,
        commit: end,
        abandon: end,
        [Symbol.asyncDispose]: end,
      };
    }

    async function openedFile(path: string, flags: number | string): Promise<FileHandle> {
      const handle = await open(path, flags);
      onTestFinished(() => handle.close());
      return handle;
    }

    test.each([
      { why: 'it is open to append (EINVAL)', flags: constants.O_WRONLY | constants.O_APPEND },
      { why: 'it is open to be read (EBADF)', flags: constants.O_RDONLY },
    ])('since $why, everything that came is stored by write()', async ({ flags }) => {
      const content = randomBytes(8 * MIB + 5);
      const path = join(await temporaryDirectory(), 'file');
      const handle = await openedFile(path, 'w');
      const { file, written } = observed(told(handle, (await openedFile(path, flags)).fd));
      const { ours, theirs } = await connectedPair();
      theirs.end(content);
      expect(await store(ours, file)).toBe(content.length);
      expect(written()).toBeGreaterThan(BY_BUFFER_BYTES);
      expect(readFileSync(path).equals(content)).toBe(true);
    });

    test('any more, what had left the connection is stored by write() as well', async () => {
      const content = randomBytes(8 * MIB + 5);
      const path = join(await temporaryDirectory(), 'file');
      const handle = await openedFile(path, 'w+');
      // Takes octets up to here, and then fails (EPERM): in the middle of a page, and of what is in the pipe.
      const memory = sealedMemoryFile(3 * MIB + 1234);
      const { file, written } = observed(told(handle, memory));
      const { ours, theirs } = await connectedPair();
      theirs.end(content);
      expect(await store(ours, file)).toBe(content.length);
      expect(written()).toBeLessThan(content.length - MIB);
      // Each has the octets that it took at their place, and zeros elsewhere.
      const [byKernel, byWrite] = [readFileSync(`/proc/self/fd/${memory}`), readFileSync(path)];
      const both = Buffer.from(byWrite);
      for (let at = 0; at < byKernel.length; at++) both[at]! |= byKernel[at]!;
      expect(both.equals(content)).toBe(true);
    });

    test('and not by write() either, that is what it fails with', async () => {
      const full = new StorageError('no-space');
      const handle = await openedFile('/dev/full', 'w');
      let stored = 0;
      const file = told(handle, handle.fd, async (chunk) => {
        if (stored >= 128 * 1024) throw full;
        stored += chunk.length;
      });
      const { ours, theirs } = await connectedPair();
      theirs.end(Buffer.alloc(5 * MIB));
      await expect(store(ours, file)).rejects.toBe(full);
    });

    test('since there is no room left in memory, that is what it fails with', async (context) => {
      const mountPoint = join(await temporaryDirectory(), 'full');
      mkdirSync(mountPoint);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'ohai-test', mountPoint], { stdio: 'pipe' });
      } catch (error) {
        return context.skip(`a small tmpfs cannot be mounted: ${error}`);
      }
      onTestFinished(() => void execFileSync('umount', ['-l', mountPoint]));
      const disk = diskAt(mountPoint);
      const file = await disk.write('/file', { mode: 'replace' });
      const { ours, theirs } = await connectedPair();
      theirs.end(Buffer.alloc(8 * MIB));
      await expect(store(ours, file)).rejects.toMatchObject({ name: 'StorageError', kind: 'no-space' });
      await file.abandon();
    });
  });
});

type Four<T> = [T, T, T, T];

/** <linux/fcntl.h> */
const MFD_ALLOW_SEALING = 2;
const F_ADD_SEALS = 1033;
const F_SEAL_GROW = 4;

/** Zeros, which can be written over but not beyond. */
function sealedMemoryFile(size: number): number {
  const memfdCreate = libraryFunction<[string, number], number>(
    'int memfd_create(const char *name, unsigned int flags)',
  );
  const fcntl = libraryFunction<[number, number, 'int', number], number>('int fcntl(int fd, int command, ...)');
  const fd = memfdCreate('ohai-test', MFD_ALLOW_SEALING);
  onTestFinished(() => closeSync(fd));
  ftruncateSync(fd, size);
  if (fcntl(fd, F_ADD_SEALS, 'int', F_SEAL_GROW) < 0) throw new Error('cannot be sealed');
  return fd;
}
