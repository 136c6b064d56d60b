import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { directoryReaderAvailable } from '../../src/posix/directory-reader.ts';
import { isCached } from '../../src/posix/lookup-cache.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import type { DirectoryEntry } from '../../src/storage/file-system.ts';
import { type DiskFixture, makeDiskFixture } from './disk-fixture.ts';

vi.mock(import('../../src/posix/directory-reader.ts'), async (original) => {
  const actual = await original();
  return { ...actual, directoryReaderAvailable: vi.fn(actual.directoryReaderAvailable) };
});
vi.mock(import('../../src/posix/lookup-cache.ts'), async (original) => ({
  isCached: vi.fn((await original()).isCached),
}));

let fixture: DiskFixture;
let disk: DiskFileSystem;

beforeEach(() => {
  fixture = makeDiskFixture();
  disk = new DiskFileSystem({ root: fixture.root });
});

afterEach(async () => {
  vi.mocked(directoryReaderAvailable).mockReset();
  vi.mocked(isCached).mockReset();
  disk.close();
  await fixture.dispose();
});

function real(name: string): string {
  return join(fixture.root, name);
}

async function entriesOf(path: string, details: boolean, on = disk): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  for await (const batch of on.list(path, { details })) entries.push(...batch);
  return entries;
}

/** Of every sort, and so many that they come in more than one batch. */
function makeEntries(): number {
  for (let index = 0; index < 600; index++) {
    const path = real(`file-${index}`);
    writeFileSync(path, 'x'.repeat(index), { mode: 0o600 + (index % 64) });
    utimesSync(path, index * 86_400.75, index * 86_400.75);
  }
  for (let index = 0; index < 120; index++) writeFileSync(real(String(index).padEnd(255, '-')), '');
  writeFileSync(Buffer.concat([Buffer.from(`${fixture.root}/`), Buffer.of(0x61, 0xe4)]), '');
  mkdirSync(real('directory'));
  symlinkSync('file-1', real('inside'));
  symlinkSync(fixture.outside, real('outside'));
  execFileSync('mkfifo', [real('pipe')]);
  return 725;
}

describe.runIf(process.platform === 'linux')('a listing of a large directory', () => {
  it.each<[string, () => void]>([
    ['on the spot', () => {}],
    ['when the kernel does not have the entries in its cache', () => vi.mocked(isCached).mockReturnValue(false)],
    ['when Node reads it', () => vi.mocked(directoryReaderAvailable).mockReturnValue(false)],
  ])('tells of each entry what stat does: %s', async (_, arrange) => {
    const count = makeEntries();
    arrange();
    const entries = await entriesOf('/', true);
    expect(new Set(entries.map(({ name }) => name)).size).toBe(count);
    for (const { name, type, status } of entries) {
      expect(status).toEqual(await disk.stat(`/${name}`, { followLinks: false }));
      expect(type).toBe(status!.type);
    }
    expect(entries.find(({ name }) => name === 'inside')!.status!.target).toBe('file-1');
    expect(entries.find(({ name }) => name === 'outside')!.status!.target).toBeUndefined();

    const named = await entriesOf('/', false);
    const byName = (a: DirectoryEntry, b: DirectoryEntry) => (a.name < b.name ? -1 : 1);
    expect(named.sort(byName)).toEqual(entries.map(({ name, type }) => ({ name, type })).sort(byName));
  });

  it.runIf(directoryReaderAvailable() && existsSync('/proc/sys/net/ipv4'))(
    'asks nothing on the spot of a file system that may have to ask somebody else',
    async () => {
      vi.mocked(isCached).mockClear();
      const sys = new DiskFileSystem({ root: '/proc/sys/net' });
      expect((await entriesOf('/ipv4', true, sys)).length).toBeGreaterThan(64);
      expect(isCached).not.toHaveBeenCalled();
      sys.close();
    },
  );

  it('lets the event loop go round between its batches', async () => {
    makeEntries();
    let rounds = 0;
    let going = true;
    const count = () => {
      rounds += 1;
      if (going) setImmediate(count);
    };
    setImmediate(count);
    let batches = 0;
    for await (const _ of disk.list('/', { details: true })) {
      batches += 1;
      expect(rounds).toBeGreaterThanOrEqual(batches);
    }
    going = false;
    expect(batches).toBeGreaterThan(2);
  });

  it('leaves out what is gone by the time that it is looked at', async () => {
    const count = makeEntries();
    const listing = disk.list('/', { details: true })[Symbol.asyncIterator]();
    const { value: first } = await listing.next();
    const listed = new Set<string>((first as DirectoryEntry[]).map(({ name }) => name));
    const gone = Array.from({ length: 600 }, (_, index) => `file-${index}`).filter((name) => !listed.has(name));
    for (const name of gone) rmSync(real(name));
    for (let next = await listing.next(); !next.done; next = await listing.next()) {
      for (const { name } of next.value) listed.add(name);
    }
    expect(gone.length).toBeGreaterThan(100);
    expect(listed.size).toBe(count - gone.length);
  });
});
