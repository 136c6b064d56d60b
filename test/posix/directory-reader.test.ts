import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  directoryReaderAvailable,
  ENTRY_KINDS,
  EntryBuffer,
  type ReadEntry,
} from '../../src/posix/directory-reader.ts';

describe.runIf(directoryReaderAvailable())('EntryBuffer', () => {
  let directory: string;
  let opened: number;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ohai-directory-reader-'));
    opened = openSync(directory, 'r');
  });

  afterEach(() => {
    closeSync(opened);
    rmSync(directory, { recursive: true, force: true });
  });

  async function all(): Promise<ReadEntry[]> {
    const buffers = [new EntryBuffer(), new EntryBuffer()] as const;
    const entries: ReadEntry[] = [];
    for (let turn = 0; ; turn++) {
      const part = await buffers[turn % 2 ? 1 : 0].fill(opened);
      if (!part) return entries;
      entries.push(...part);
    }
  }

  it('tells names and kinds, without the directory itself and its parent', async () => {
    mkdirSync(join(directory, '.d'));
    writeFileSync(join(directory, '...'), '');
    writeFileSync(join(directory, '..a'), '');
    symlinkSync('nowhere', join(directory, 'link'));
    const found = (await all()).map(({ name, kind }) => [name, kind]);
    expect(Object.fromEntries(found)).toEqual({
      '.d': ENTRY_KINDS.directory,
      '...': ENTRY_KINDS.file,
      '..a': ENTRY_KINDS.file,
      link: ENTRY_KINDS.symlink,
    });
  });

  it('reads names of every length, and more of them than fit into it, each once', async () => {
    const names = Array.from({ length: 255 }, (_, index) => 'x'.repeat(index + 1));
    const more = Array.from({ length: 1_500 }, (_, index) => `file-${index}`);
    for (const name of [...names, ...more]) writeFileSync(join(directory, name), '');
    expect((await all()).map(({ name }) => name).sort()).toEqual([...names, ...more].sort());
  });

  it('has the octets of names that are not UTF-8', async () => {
    const octets = Buffer.of(0x61, 0xe4, 0x62);
    writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), octets]), '');
    const buffer = new EntryBuffer();
    const [entry] = (await buffer.fill(opened))!;
    expect(entry!.name).toBe('a\ufffdb');
    expect(buffer.nameOctets(entry!)).toEqual(octets);
    expect(await buffer.fill(opened)).toBeUndefined();
  });

  it('fails with what the operating system says, although it was another thread that was told', async () => {
    const file = openSync(join(directory, 'file'), 'w');
    await expect(new EntryBuffer().fill(file)).rejects.toMatchObject({ code: 'ENOTDIR', syscall: 'getdents64' });
    closeSync(file);
    rmSync(directory, { recursive: true });
    await expect(new EntryBuffer().fill(opened)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
