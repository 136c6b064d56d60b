/** A directory of the disk for one test: `root`, which is shared, beside `outside`, which must never be seen or changed. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFileSystem, type DiskOptions } from '../../src/storage/disk.ts';
import type { Jail } from '../../src/storage/disk-jail.ts';
import { KernelJail, kernelJailAvailable, type StrictSymlinkPolicy } from '../../src/storage/kernel-jail.ts';
import { RealpathJail } from '../../src/storage/realpath-jail.ts';

export interface DiskFixture {
  readonly root: string;
  readonly outside: string;
  dispose(): Promise<void>;
}

export function makeDiskFixture(): DiskFixture {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ohai-disk-')));
  const [root, outside] = [join(directory, 'root'), join(directory, 'outside')];
  mkdirSync(root);
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'outside');
  return { root, outside, dispose: async () => rmSync(directory, { recursive: true, force: true }) };
}

/** Names, content, modes and times of all files of a flat directory: equal when nothing has been touched. */
export function snapshot(directory: string): unknown {
  return [directory, ...readdirSync(directory).map((name) => join(directory, name))].map((path) => {
    const { mode, mtimeMs, size, nlink } = statSync(path);
    return [path, mode, mtimeMs, size, nlink, size < 100 && path !== directory ? readFileSync(path, 'utf8') : ''];
  });
}

type MakeJail = (root: string, symlinks: StrictSymlinkPolicy) => Jail;

const KERNEL: [string, MakeJail] = ['kernel', (root, symlinks) => new KernelJail(root, symlinks)];
const REALPATH: [string, MakeJail] = ['realpath', (root, symlinks) => new RealpathJail(root, symlinks)];

/** The jails that this system has. */
export const JAILS = kernelJailAvailable() ? [KERNEL, REALPATH] : [REALPATH];

export function diskIn(make: MakeJail, options: DiskOptions): DiskFileSystem {
  const { root, symlinks = 'inside' } = options;
  if (symlinks === 'follow') throw new TypeError('no jail follows links out');
  return new DiskFileSystem(options, make(root, symlinks));
}
