import { execFileSync } from 'node:child_process';
import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryReaderAvailable } from '../../src/posix/directory-reader.ts';
import { addressOf } from '../../src/posix/libc.ts';
import { O_PATH } from '../../src/posix/open-flags.ts';
import { Statx } from '../../src/posix/statx.ts';

const FIELDS = ['mode', 'size', 'nlink', 'uid', 'gid', 'dev', 'ino', 'birthtimeMs', 'mtimeMs'] as const;

describe.runIf(directoryReaderAvailable())('Statx', () => {
  let directory: string;
  let statx: Statx;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ohai-statx-'));
    statx = new Statx();
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function look(path: string): number {
    const parent = openSync(dirname(path), O_PATH);
    const name = Buffer.from(`${basename(path)}\0`);
    try {
      return statx.look(parent, addressOf(name));
    } finally {
      closeSync(parent);
    }
  }

  const makers: Readonly<Record<string, (path: string) => void>> = {
    'a file of the distant past': (path) => {
      writeFileSync(path, 'content', { mode: 0o4751 });
      utimesSync(path, -1.25, -1.25);
    },
    'a file beyond 4 GiB, of now': (path) => {
      writeFileSync(path, '');
      truncateSync(path, 5 * 2 ** 30 + 7);
    },
    'a link that leads nowhere': (path) => symlinkSync('nowhere', path),
    'a pipe': (path) => execFileSync('mkfifo', [path]),
  };

  it.each(Object.entries(makers))('tells of %s what lstat does', (_, make) => {
    const path = join(directory, 'entry');
    make(path);
    expect(look(path)).toBe(0);
    const expected = lstatSync(path);
    for (const field of FIELDS) expect(statx[field], field).toBeCloseTo(expected[field], 2);
  });

  it.each(['/dev/null', '/dev/shm', '/proc', '/sys', '/tmp'])('tells of %s what lstat does', (path) => {
    expect(look(path)).toBe(0);
    const { dev, ino, mode } = lstatSync(path);
    expect({ dev: statx.dev, ino: statx.ino, mode: statx.mode }).toEqual({ dev, ino, mode });
  });

  it('says why it cannot look', () => {
    expect(look(join(directory, 'missing'))).toBe(-constants.errno.ENOENT);
    expect(look(join(directory, 'x'.repeat(256)))).toBe(-constants.errno.ENAMETOOLONG);
  });
});
