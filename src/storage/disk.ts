/** Files on the disk below a root that clients cannot leave. */

import { chmod, lstat, mkdir, rename, rmdir, stat, statfs, symlink, unlink, utimes } from 'node:fs/promises';
import { resolve } from 'node:path';
import { statusFieldsOf } from './at-hand.ts';
import { checkPath, splitPath } from './checked-path.ts';
import { type Jail, nativePath, type Place, type SymlinkPolicy } from './disk-jail.ts';
import { listDetails, listNames } from './disk-list.ts';
import { openReader, readerOf } from './disk-reader.ts';
import { statusOf } from './disk-status.ts';
import { openUpload } from './disk-upload.ts';
import { errnoCodeOf, translateError, translateErrors } from './errno-kinds.ts';
import type {
  BrokenUploads,
  DirectoryEntry,
  FileStatus,
  FileSystem,
  ReadableFile,
  WritableFile,
  WriteMode,
} from './file-system.ts';
import { KernelJail, kernelJailAvailable } from './kernel-jail.ts';
import { LinkTargets } from './link-targets.ts';
import { RealpathJail } from './realpath-jail.ts';
import { StorageError, type StorageErrorKind } from './storage-error.ts';
import { UnguardedJail } from './unguarded-jail.ts';
import { unixNames } from './unix-names.ts';

/** Plain data: it crosses to other threads and processes. */
export interface DiskOptions {
  /** The directory that clients see as `/`. Relative to the working directory of the process. */
  readonly root: string;
  /** What becomes of symbolic links (default `inside`). */
  readonly symlinks?: SymlinkPolicy;
  /** What remains of an upload that broke (default `keep`). */
  readonly brokenUploads?: BrokenUploads;
  /** Whether an upload is on the medium before it counts as done (default false). */
  readonly fsync?: boolean;
}

/**
 * A directory of the disk as a FileSystem. Cheap to make, holds one descriptor at most, and serves any number of sessions
 * at a time. Uploads are atomic: a file is there as a whole or not at all.
 */
export class DiskFileSystem implements FileSystem {
  readonly #options: DiskOptions;
  #madeJail: Jail | undefined;

  /** @param jail what keeps paths inside the root (default: the best that this system has). */
  constructor(options: DiskOptions, jail?: Jail) {
    this.#options = options;
    this.#madeJail = jail;
  }

  /** Made when it is wanted: to find out which one this system has takes longer than to greet a client. */
  get #jail(): Jail {
    this.#madeJail ??= bestJail(this.#options);
    return this.#madeJail;
  }

  stat(path: string, { followLinks = true }: { readonly followLinks?: boolean } = {}): Promise<FileStatus> {
    // The root is no entry of anything here, and never a link.
    if (followLinks || path === '/') {
      return this.#onTarget('stat', path, async (place) => statusOf(await statusFieldsOf(place), await unixNames()));
    }
    return this.#onEntry('stat', path, 'input-output', async (directory, name) => {
      const stats = await lstat(directory.entry(name));
      const links = new LinkTargets(this.#jail, directory);
      const target = stats.isSymbolicLink() ? await links.visibleTarget(name) : undefined;
      return statusOf(stats, await unixNames(), target);
    });
  }

  async *list(path: string, { details }: { readonly details: boolean }): AsyncGenerator<readonly DirectoryEntry[]> {
    try {
      checkPath(path);
      using directory = await this.#jail.open(path);
      yield* details ? listDetails(directory, new LinkTargets(this.#jail, directory)) : listNames(directory);
    } catch (error) {
      throw translateError(error, 'list', path);
    }
  }

  read(path: string, { start = 0 }: { readonly start?: number } = {}): Promise<ReadableFile> {
    return translateErrors('read', path, async () => {
      checkPath(path);
      const atHand = this.#jail.openAtHand?.(path);
      const reader = atHand && readerOf(atHand, path, start);
      if (reader) return reader;
      using place = await this.#jail.open(path);
      return await openReader(place, path, start);
    });
  }

  write(path: string, how: WriteMode): Promise<WritableFile> {
    return translateErrors('write', path, async () => {
      const { parent, name } = splitPath(path, 'is-a-directory');
      const directory = await this.#jail.open(parent);
      try {
        return await openUpload(directory, name, path, how, {
          brokenUploads: this.#options.brokenUploads ?? 'keep',
          fsync: this.#options.fsync ?? false,
          followLinks: this.#options.symlinks === 'follow',
        });
      } catch (error) {
        directory[Symbol.dispose]();
        throw error;
      }
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#onEntry('mkdir', path, 'exists', (directory, name) => mkdir(directory.entry(name)));
  }

  removeDirectory(path: string): Promise<void> {
    return this.#onEntry('rmdir', path, 'permission-denied', async (directory, name) => {
      try {
        await rmdir(directory.entry(name));
      } catch (error) {
        if (errnoCodeOf(error) !== 'ENOTEMPTY') throw error;
        // What keeps it from being empty may be the litter of a server that was killed, which a listing removes.
        for await (const entries of this.list(path, { details: false })) {
          if (entries.length > 0) throw error;
        }
        await rmdir(directory.entry(name));
      }
    });
  }

  removeFile(path: string): Promise<void> {
    return this.#onEntry('unlink', path, 'is-a-directory', async (directory, name) => {
      try {
        await unlink(directory.entry(name));
      } catch (error) {
        // What unlink(2) says of a directory everywhere but on Linux.
        if (errnoCodeOf(error) !== 'EPERM' || !(await lstat(directory.entry(name))).isDirectory()) throw error;
        throw new StorageError('is-a-directory', JSON.stringify(path));
      }
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#onEntry('rename', from, 'permission-denied', (source, oldName) =>
      this.#onEntry('rename', to, 'permission-denied', (destination, newName) =>
        rename(source.entry(oldName), destination.entry(newName)),
      ),
    );
  }

  setTimes(path: string, times: { readonly modifiedMs?: number; readonly accessedMs?: number }): Promise<void> {
    return this.#onTarget('utimes', path, async (place) => {
      const { atimeMs, mtimeMs } = await stat(place.path);
      await utimes(place.path, seconds(times.accessedMs ?? atimeMs), seconds(times.modifiedMs ?? mtimeMs));
    });
  }

  setMode(path: string, mode: number): Promise<void> {
    return this.#onTarget('chmod', path, (place) => chmod(place.path, mode));
  }

  makeSymlink(target: string, path: string): Promise<void> {
    return this.#onEntry('symlink', path, 'exists', async (directory, name) => {
      if (this.#options.symlinks === 'deny') throw new StorageError('not-supported', 'links are never followed here');
      checkPath(target);
      const content = await new LinkTargets(this.#jail, directory).relativeTarget(target);
      await symlink(nativePath(content), directory.entry(name));
    });
  }

  available(path: string): Promise<number> {
    return this.#onTarget('statfs', path, async (place) => {
      const { bavail, bsize } = await statfs(place.path);
      return bavail * bsize;
    });
  }

  within(directory: string): DiskFileSystem {
    checkPath(directory);
    if (directory === '/') return this;
    return new DiskFileSystem(this.#options, this.#jail.within(directory));
  }

  /** Gives back the descriptor of the root, when no call is under way. The next call opens it again. */
  close(): void {
    this.#madeJail?.close();
  }

  /** Runs `work` on what `path` names, links followed. */
  #onTarget<T>(operation: string, path: string, work: (place: Place) => Promise<T>): Promise<T> {
    return translateErrors(operation, path, async () => {
      checkPath(path);
      using place = await this.#jail.open(path);
      return await work(place);
    });
  }

  /** Runs `work` on the entry that `path` names in its directory; a link of that name stands for itself. */
  #onEntry<T>(
    operation: string,
    path: string,
    ofRoot: StorageErrorKind,
    work: (directory: Place, name: string) => Promise<T>,
  ): Promise<T> {
    return translateErrors(operation, path, async () => {
      const { parent, name } = splitPath(path, ofRoot);
      using directory = await this.#jail.open(parent);
      return await work(directory, name);
    });
  }
}

function bestJail({ root, symlinks = 'inside' }: DiskOptions): Jail {
  const path = resolve(root);
  if (symlinks === 'follow') return new UnguardedJail(path);
  return kernelJailAvailable() ? new KernelJail(path, symlinks) : new RealpathJail(path, symlinks);
}

/** What utimes takes. Node cuts off below a microsecond, and a millisecond has no exact form in seconds: half of one more. */
function seconds(ms: number): number {
  return (ms + 0.0005) / 1000;
}
