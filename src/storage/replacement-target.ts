/** Uploads that take the place of a file as a whole: written beside it under a temporary name, renamed at the end. */
import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, open, rename, statfs, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { type NativePath, Place } from './disk-jail.ts';
import { errnoCodeOf } from './errno-kinds.ts';
import type { WriteMode } from './file-system.ts';
import { CREATE, NameReservation, renameToFree, UPLOAD_MODE } from './name-reservation.ts';
import { realPathOf } from './real-path.ts';
import { StorageError } from './storage-error.ts';
import { temporaryName } from './temporary-name.ts';
import type { UploadOptions, UploadTarget } from './upload-target.ts';

/** The bits of a replaced file that the new one gets. Not set-user-ID and its like: the content is another. */
const KEPT_MODE = 0o777;

type AtomicMode = Extract<WriteMode, { mode: 'replace' | 'new' }>;

export async function openReplacement(
  directory: Place,
  name: string,
  how: AtomicMode,
  options: UploadOptions,
): Promise<UploadTarget> {
  const old = await lstatIfThere(directory.entry(name));
  if (old?.isSymbolicLink()) {
    if (!options.followLinks) throw new StorageError('is-a-symlink', JSON.stringify(name));
    const real = await realPathOf(directory.entry(name));
    return openReplacement(new Place(dirname(real)), basename(real), how, options);
  }
  if (old) await checkReplaceable(directory.entry(name), old, how);
  if (how.expectedSize !== undefined) await checkSpace(directory, how.expectedSize);

  const reservation = how.mode === 'new' ? await NameReservation.take(directory.entry(name)) : undefined;
  const temporary = directory.entry(temporaryName());
  try {
    const file = await openTemporary(temporary, old);
    return new ReplacementTarget(file, temporary, directory, name, options, reservation);
  } catch (error) {
    await reservation?.release();
    throw error;
  }
}

async function openTemporary(path: NativePath, old: Stats | undefined): Promise<FileHandle> {
  const file = await open(path, CREATE, UPLOAD_MODE);
  try {
    if (old) await inherit(file, old);
    return file;
  } catch (error) {
    await file.close();
    await remove(path);
    throw error;
  }
}

class ReplacementTarget implements UploadTarget {
  readonly file: FileHandle;
  readonly start = 0;
  readonly appends = false;
  readonly #temporary: NativePath;
  readonly #directory: Place;
  readonly #name: string;
  readonly #options: UploadOptions;
  /** In mode `new`. */
  readonly #reservation: NameReservation | undefined;

  constructor(
    file: FileHandle,
    temporary: NativePath,
    directory: Place,
    name: string,
    options: UploadOptions,
    reservation: NameReservation | undefined,
  ) {
    this.file = file;
    this.#temporary = temporary;
    this.#directory = directory;
    this.#name = name;
    this.#options = options;
    this.#reservation = reservation;
  }

  async commit(): Promise<void> {
    const name = this.#directory.entry(this.#name);
    try {
      if (this.#options.fsync) await this.file.sync();
      // Before the rename: some disks on the network say only now that there was no room.
      await this.file.close();
      await (this.#reservation?.fill(this.#temporary) ?? rename(this.#temporary, name));
    } catch (error) {
      await remove(this.#temporary);
      await this.#reservation?.release();
      throw error;
    }
    if (this.#options.fsync) await syncDirectory(this.#directory);
  }

  /** What arrived takes the name when that is free, so that SIZE and REST go on from there. No empty file is left. */
  async abandon(end: number): Promise<void> {
    await this.file.close().catch(no);
    const keep = this.#options.brokenUploads === 'keep' && end > 0;
    if (keep && (await this.#takeFreeName().then(yes, no))) return;
    await remove(this.#temporary);
    await this.#reservation?.release();
  }

  #takeFreeName(): Promise<void> {
    if (this.#reservation) return this.#reservation.fill(this.#temporary);
    return renameToFree(this.#temporary, this.#directory.entry(this.#name));
  }
}

const yes = () => true;
const no = () => false;

async function lstatIfThere(path: NativePath): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errnoCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function checkReplaceable(path: NativePath, old: Stats, how: AtomicMode): Promise<void> {
  if (old.isDirectory()) throw new StorageError('is-a-directory', 'a directory has the name');
  if (how.mode === 'new') throw new StorageError('exists', 'the name is taken');
  if (!old.isFile()) throw new StorageError('permission-denied', 'no regular file');
  // rename(2) asks the directory only; a file that may not be written shall not be replaced either.
  await access(path, constants.W_OK);
}

async function checkSpace(directory: Place, expectedSize: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory.path);
  if (expectedSize > bavail * bsize) throw new StorageError('no-space', `${expectedSize} octets announced`);
}

/** The owner first: chown(2) may clear bits of the mode. Only root can give a file away; others keep it. */
async function inherit(file: FileHandle, old: Stats): Promise<void> {
  if (process.getuid?.() === 0) await file.chown(old.uid, old.gid);
  await file.chmod(old.mode & KEPT_MODE);
}

/** Makes the rename itself durable. */
async function syncDirectory(directory: Place): Promise<void> {
  const handle = await open(directory.path, constants.O_RDONLY);
  await handle.sync().finally(() => handle.close());
}

async function remove(path: NativePath): Promise<void> {
  await unlink(path).catch(() => {});
}
