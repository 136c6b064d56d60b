/**
 * The jail for systems without openat2: realpath(3) says where a path leads, and the real root says whether that is inside.
 * Best effort: between the look and the use, somebody who can write to the disk by other means may swap a directory for a
 * link. Clients alone cannot: the links that they make point inside.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Jail, nativePath, Place } from './disk-jail.ts';
import type { StrictSymlinkPolicy } from './kernel-jail.ts';
import { realPathOf, resolveInside } from './real-path.ts';
import { StorageError } from './storage-error.ts';

export class RealpathJail implements Jail {
  readonly #root: () => Promise<Place>;
  readonly #symlinks: StrictSymlinkPolicy;

  /** @param root a path of the disk; or, for a jail inside another one, how to find it. */
  constructor(root: string | (() => Promise<Place>), symlinks: StrictSymlinkPolicy) {
    this.#root = typeof root === 'string' ? async () => new Place(await realPathOf(nativePath(root))) : root;
    this.#symlinks = symlinks;
  }

  async open(path: string): Promise<Place> {
    const root = await this.#root();
    const relative = path.slice(1);
    if (relative === '') return root;
    if (this.#symlinks === 'deny') await refuseLinks(root, relative.split('/'));
    return new Place(join(root.base, await resolveInside(root, relative)));
  }

  within(directory: string): Jail {
    return new RealpathJail(() => this.open(directory), this.#symlinks);
  }

  close(): void {}
}

async function refuseLinks(root: Place, segments: readonly string[]): Promise<void> {
  for (let depth = 1; depth <= segments.length; depth++) {
    const relative = segments.slice(0, depth).join('/');
    const stats = await lstat(root.entry(relative));
    if (stats.isSymbolicLink()) throw new StorageError('is-a-symlink', JSON.stringify(relative));
  }
}
