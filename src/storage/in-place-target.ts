/** Uploads that go on with a file: APPE, and STOR after REST. What was in it before stays, unless it is overwritten. */
import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { Place } from './disk-jail.ts';
import { errnoCodeOf } from './errno-kinds.ts';
import type { WriteMode } from './file-system.ts';
import { StorageError } from './storage-error.ts';
import type { UploadOptions, UploadTarget } from './upload-target.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_APPEND } = constants;
const UPLOAD_MODE = 0o666;

type InPlaceMode = Extract<WriteMode, { mode: 'append' | 'resume' }>;

export async function openInPlace(
  directory: Place,
  name: string,
  how: InPlaceMode,
  options: UploadOptions,
): Promise<UploadTarget> {
  const { file, created } = await openOrCreate(directory, name, how, options.followLinks);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new StorageError('permission-denied', 'no regular file');
    const start = how.mode === 'append' ? stats.size : how.at;
    if (start > stats.size) throw new StorageError('offset-beyond-end', `${start} of ${stats.size}`);
    return new InPlaceTarget(file, start, how, { directory, name, created }, options);
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Origin {
  readonly directory: Place;
  readonly name: string;
  /** There was no file of that name before. */
  readonly created: boolean;
}

class InPlaceTarget implements UploadTarget {
  readonly file: FileHandle;
  readonly start: number;
  readonly appends: boolean;
  readonly #origin: Origin;
  readonly #options: UploadOptions;

  constructor(file: FileHandle, start: number, how: InPlaceMode, origin: Origin, options: UploadOptions) {
    this.file = file;
    this.start = start;
    this.appends = how.mode === 'append';
    this.#origin = origin;
    this.#options = options;
  }

  async commit(end: number): Promise<void> {
    if (!this.appends) await this.file.truncate(end);
    if (this.#options.fsync) await this.file.sync();
    await this.file.close();
  }

  async abandon(end: number): Promise<void> {
    const wrote = end > this.start;
    const keep = wrote && this.#options.brokenUploads === 'keep';
    if (this.#origin.created && !keep) {
      await unlink(this.#origin.directory.entry(this.#origin.name));
    } else if (wrote && !keep) {
      await this.file.truncate(this.start);
    } else if (wrote && !this.appends) {
      // Behind the new octets is the rest of the old file: a client that resumes again would take it for its own.
      await this.file.truncate(end);
    }
  }
}

/** Without O_CREAT first, to know whether there was a file: an upload that breaks at once leaves no empty one behind. */
async function openOrCreate(
  directory: Place,
  name: string,
  how: InPlaceMode,
  followLinks: boolean,
): Promise<{ file: FileHandle; created: boolean }> {
  const flags =
    O_WRONLY |
    // A FIFO without a reader fails with ENXIO instead of holding a thread until one comes.
    (constants.O_NONBLOCK ?? 0) |
    (how.mode === 'append' ? O_APPEND : 0) |
    (followLinks ? 0 : (constants.O_NOFOLLOW ?? 0));
  const path = directory.entry(name);
  try {
    return { file: await open(path, flags), created: false };
  } catch (error) {
    if (errnoCodeOf(error) !== 'ENOENT') throw error;
  }
  if (how.mode === 'resume' && how.at > 0) throw new StorageError('offset-beyond-end', `${how.at} of no file`);
  return { file: await open(path, flags | O_CREAT | O_EXCL, UPLOAD_MODE), created: true };
}
