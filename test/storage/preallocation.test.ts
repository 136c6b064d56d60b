import { execFileSync } from 'node:child_process';
import { type FileHandle, mkdir, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { preallocate } from '../../src/posix/fallocate.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { localMedium } from '../../src/storage/local-file-systems.ts';
import { Preallocation } from '../../src/storage/preallocation.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 2 ** 20;
/** stat(2): what `blocks` counts. */
const BLOCK_OCTETS = 512;
/** What a file system may need besides, to know where the octets of the file are. */
const SLACK_OCTETS = MIB;

async function openedIn(directory: string): Promise<FileHandle> {
  const file = await open(join(directory, 'file'), 'wx+');
  onTestFinished(() => file.close());
  return file;
}

async function setAside(file: FileHandle): Promise<number> {
  return (await file.stat()).blocks * BLOCK_OCTETS;
}

async function expectSetAside(file: FileHandle, octets: number): Promise<void> {
  const found = await setAside(file);
  expect(found).toBeGreaterThanOrEqual(octets);
  expect(found).toBeLessThan(octets + SLACK_OCTETS);
}

describe('room for an upload on a disk', () => {
  let directory: string;
  let file: FileHandle;

  beforeEach(async ({ skip }) => {
    directory = await temporaryDirectory();
    if ((await localMedium(directory)) !== 'disk') skip('temporary files are not on a disk that is known');
    const probe = await open(join(directory, 'probe'), 'wx');
    onTestFinished(() => probe.close());
    if (!(await preallocate(probe.fd, 0, 4096))) skip('no room can be set aside there');
    file = await openedIn(directory);
  });

  it('is set aside as announced, while the size of the file stays as it is', async () => {
    await new Preallocation(file, 10 * MIB).upTo(1);
    await expectSetAside(file, 10 * MIB);
    expect((await file.stat()).size).toBe(0);
  });

  it('is given back at the end as far as it was not used', async () => {
    const room = new Preallocation(file, 10 * MIB);
    await room.upTo(100_000);
    await file.write(Buffer.alloc(100_000, 'x'), 0, 100_000, 0);
    await room.trimTo(100_000);
    await expectSetAside(file, 100_000);
    expect((await file.stat()).size).toBe(100_000);
  });

  it('is given back as a whole when nothing came', async () => {
    const room = new Preallocation(file, 10 * MIB);
    await room.upTo(1);
    await room.trimTo(0);
    await expectSetAside(file, 0);
  });

  it('is never more than 64 MiB ahead of what has come, and follows it', async () => {
    const room = new Preallocation(file, 200 * MIB);
    await room.upTo(1);
    await expectSetAside(file, 64 * MIB);
    await room.upTo(64 * MIB);
    await expectSetAside(file, 64 * MIB);
    await room.upTo(64 * MIB + 1);
    await expectSetAside(file, 128 * MIB);
    await room.upTo(199 * MIB);
    await expectSetAside(file, 199 * MIB);
    await room.upTo(200 * MIB);
    await expectSetAside(file, 200 * MIB);
    await room.upTo(250 * MIB);
    await expectSetAside(file, 200 * MIB);
    await room.trimTo(0);
  });

  it.each([0, MIB - 1])('is not set aside for %i octets announced', async (announced) => {
    await new Preallocation(file, announced).upTo(1);
    expect(await setAside(file)).toBe(0);
  });

  it.each(['commit', 'abandon'] as const)(
    'is not kept beyond what came by an upload that ends with %s',
    async (end) => {
      const disk = new DiskFileSystem({ root: directory });
      onTestFinished(() => disk.close());
      const available = await disk.available('/');
      const upload = await disk.write('/upload', { mode: 'replace', expectedSize: 48 * MIB });
      await upload.write(Buffer.alloc(200_000, 'x'));
      expect(available - (await disk.available('/'))).toBeGreaterThan(24 * MIB);
      await upload[end]();
      const stored = await open(join(directory, 'upload'));
      onTestFinished(() => stored.close());
      await expectSetAside(stored, 200_000);
      expect((await stored.stat()).size).toBe(200_000);
    },
  );
});

describe.runIf(process.platform === 'linux')('room for an upload on a disk that has too little', () => {
  it('is not kept from others', async (context) => {
    const directory = await temporaryDirectory();
    const [image, mountPoint] = [join(directory, 'image'), join(directory, 'disk')];
    await mkdir(mountPoint);
    await writeFile(image, '');
    await truncate(image, 16 * MIB);
    try {
      execFileSync('mkfs.ext4', ['-q', image], { stdio: 'pipe' });
      execFileSync('mount', ['-o', 'loop', image, mountPoint], { stdio: 'pipe' });
    } catch (error) {
      return context.skip(`a small disk cannot be mounted: ${error}`);
    }
    onTestFinished(() => void execFileSync('umount', ['-l', mountPoint]));
    const file = await openedIn(mountPoint);
    await file.write(Buffer.alloc(10_000, 'x'));
    const room = new Preallocation(file, 40 * MIB);
    await room.upTo(20_000);
    await expectSetAside(file, 10_000);
    expect((await file.stat()).size).toBe(10_000);
    await room.upTo(30_000);
    await expectSetAside(file, 10_000);
  });
});

describe('room for an upload in memory', () => {
  it('is not set aside', async ({ skip }) => {
    if ((await localMedium('/dev/shm').catch(() => undefined)) !== 'memory') skip('no tmpfs at /dev/shm');
    const directory = await mkdtemp('/dev/shm/ohai-ftpd-test-');
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = await openedIn(directory);
    await new Preallocation(file, 10 * MIB).upTo(1);
    expect(await setAside(file)).toBe(0);
  });
});
