/**
 * The jail of Linux: the kernel itself keeps the resolution of a path below the root (openat2(2)), so that no race with
 * somebody who swaps a directory for a link can lead out (S9). Node's fs then works on `/proc/self/fd/N`, which is what was
 * opened and nothing else, whatever its name stands for by now.
 */
import { closeSync, constants, existsSync, openSync } from 'node:fs';
import { openCached } from '../posix/lookup-cache.ts';
import { O_PATH } from '../posix/open-flags.ts';
import { openBeneath, openBeneathAvailable } from '../posix/openat2.ts';
import { closeOwned, ownedByThread } from '../posix/thread-descriptors.ts';
import { type Jail, nativePath, type OpenedAtHand, Place, type SymlinkPolicy } from './disk-jail.ts';
import { errnoCodeOf } from './errno-kinds.ts';
import { localMedium, type Medium } from './local-file-systems.ts';
import { encodeOctets } from './octets.ts';
import { resolveInside } from './real-path.ts';
import { StorageError } from './storage-error.ts';

/** How often a path is resolved again when links change under it. */
const MAX_ATTEMPTS = 8;

export type StrictSymlinkPolicy = Exclude<SymlinkPolicy, 'follow'>;

export function kernelJailAvailable(): boolean {
  return openBeneathAvailable() && existsSync('/proc/self/fd');
}

export class KernelJail implements Jail {
  readonly #root: Root;
  readonly #symlinks: StrictSymlinkPolicy;

  /** @param root a path of the disk; or, for a jail inside another one, how to open it. */
  constructor(root: string | Root, symlinks: StrictSymlinkPolicy) {
    this.#root = typeof root === 'string' ? new KeptRoot(root) : root;
    this.#symlinks = symlinks;
  }

  async open(path: string): Promise<OpenedPlace> {
    if (path === '/') return this.#root.open();
    using root = await this.#root.open();
    let relative = path.slice(1) || '.';
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      try {
        const noSymlinks = this.#symlinks === 'deny';
        const found = openBeneath(root.descriptor, encodeOctets(relative), O_PATH, { noSymlinks });
        return new OpenedPlace(ownedByThread(found));
      } catch (error) {
        if (errnoCodeOf(error) !== 'EXDEV') throw error;
        // The kernel refuses every absolute link. One that points inside is harmless: ask again, for what it points to.
        relative = (await resolveInside(root, relative)) || '.';
      }
    }
    throw new StorageError('busy', `links keep changing under ${JSON.stringify(path)}`);
  }

  openAtHand(path: string): OpenedAtHand | undefined {
    const { kept } = this.#root;
    if (kept?.medium === undefined) return undefined;
    const found = openCached(kept.descriptor, encodeOctets(path.slice(1) || '.'), this.#symlinks === 'deny');
    return found === undefined ? undefined : { descriptor: ownedByThread(found), medium: kept.medium };
  }

  within(directory: string): Jail {
    return new KernelJail({ open: () => this.open(directory), close: () => {} }, this.#symlinks);
  }

  close(): void {
    this.#root.close();
  }
}

interface Root {
  open(): Promise<OpenedPlace>;
  /** What stays open, if it does, and on what kind of file system it is. */
  readonly kept?: { readonly descriptor: number; readonly medium: Medium | undefined } | undefined;
  close(): void;
}

/** A directory opened at its first use and kept for all that follow. */
class KeptRoot implements Root {
  readonly #path: string;
  #kept: Root['kept'];

  constructor(path: string) {
    this.#path = path;
  }

  get kept(): Root['kept'] {
    return this.#kept;
  }

  async open(): Promise<OpenedPlace> {
    this.#kept ??= this.#open();
    return new OpenedPlace(this.#kept.descriptor, () => {});
  }

  close(): void {
    if (this.#kept !== undefined) closeSync(this.#kept.descriptor);
    this.#kept = undefined;
  }

  #open(): Root['kept'] & object {
    const path = nativePath(this.#path);
    const kept = {
      descriptor: openSync(path, O_PATH | constants.O_DIRECTORY),
      medium: undefined as Medium | undefined,
    };
    // Nobody waits for the answer. Until it comes, all go the ordinary way.
    void localMedium(`/proc/self/fd/${kept.descriptor}`).then(
      (medium) => (kept.medium = medium),
      () => {},
    );
    return kept;
  }
}

class OpenedPlace extends Place {
  declare readonly descriptor: number;

  constructor(descriptor: number, release = () => closeOwned(descriptor)) {
    super(`/proc/self/fd/${descriptor}`, release, descriptor);
  }
}
