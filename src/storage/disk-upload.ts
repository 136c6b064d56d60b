/**
 * A file of the disk, open for writing. Whether the octets go to a temporary file or into the file itself, and what becomes
 * of them at the end, is the business of an UploadTarget.
 */
import { mediumOfOpen } from './at-hand.ts';
import type { Place } from './disk-jail.ts';
import { translateErrors } from './errno-kinds.ts';
import { FileCursor } from './file-cursor.ts';
import type { FileInKernel, WritableFile, WriteMode } from './file-system.ts';
import { openInPlace } from './in-place-target.ts';
import type { Medium } from './local-file-systems.ts';
import { Preallocation } from './preallocation.ts';
import { openReplacement } from './replacement-target.ts';
import { StorageError } from './storage-error.ts';
import type { UploadOptions, UploadTarget } from './upload-target.ts';

/**
 * @param directory where the file is or will be. The result owns it; when this fails the caller still does.
 * @param path the virtual path, for messages.
 */
export async function openUpload(
  directory: Place,
  name: string,
  path: string,
  how: WriteMode,
  options: UploadOptions,
): Promise<WritableFile> {
  const atomic = how.mode === 'replace' || how.mode === 'new';
  const target = atomic
    ? await openReplacement(directory, name, how, options)
    : await openInPlace(directory, name, how, options);
  return new DiskUpload(directory, path, target, atomic ? (how.expectedSize ?? 0) : 0);
}

class DiskUpload implements WritableFile {
  readonly start: number;
  readonly #directory: Place;
  readonly #path: string;
  readonly #target: UploadTarget;
  /** Behind the last octet that has been written. */
  readonly #cursor: FileCursor;
  readonly #room: Preallocation;
  #state: 'open' | 'ended' = 'open';
  /** The write under way. A descriptor must not be closed under it: its number may be another file's a moment later. */
  #writing: Promise<unknown> | undefined;

  /** @param announced octets of the whole file; 0 when that is not known. */
  constructor(directory: Place, path: string, target: UploadTarget, announced: number) {
    this.#directory = directory;
    this.#path = path;
    this.#target = target;
    this.start = target.start;
    this.#cursor = new FileCursor(target.start);
    this.#room = new Preallocation(target.file, announced);
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#state === 'ended') throw new StorageError('input-output', `${JSON.stringify(this.#path)} is closed`);
    this.#writing = translateErrors('write', this.#path, () => this.#writeAll(chunk));
    await this.#writing;
  }

  inKernel(): FileInKernel | undefined | Promise<FileInKernel | undefined> {
    // Without an offset of its own it cannot be told where octets go (splice(2), EINVAL).
    if (this.#target.appends) return undefined;
    const { fd } = this.#target.file;
    const known = (medium: Medium | undefined) => medium && this.#cursor.inKernel(fd, medium);
    const medium = mediumOfOpen(fd);
    return medium instanceof Promise ? medium.then(known) : known(medium);
  }

  commit(): Promise<void> {
    return this.#finish('commit', (end) => this.#target.commit(end));
  }

  abandon(): Promise<void> {
    return this.#finish('abandon', (end) => this.#target.abandon(end));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abandon();
  }

  /** write(2) may take less than it was given, on a disk that fills up first of all. */
  async #writeAll(chunk: Uint8Array): Promise<void> {
    await this.#room.upTo(this.#cursor.position + chunk.byteLength);
    for (let done = 0; done < chunk.byteLength; ) {
      const position = this.#target.appends ? null : this.#cursor.position;
      const { bytesWritten } = await this.#target.file.write(chunk, done, chunk.byteLength - done, position);
      done += bytesWritten;
      this.#cursor.position += bytesWritten;
    }
  }

  async #finish(operation: 'commit' | 'abandon', settle: (end: number) => Promise<void>): Promise<void> {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    await this.#writing?.catch(() => {});
    const end = this.#cursor.position;
    try {
      await translateErrors(operation, this.#path, async () => {
        await this.#room.trimTo(end);
        await settle(end);
      });
    } finally {
      await this.#target.file.close();
      this.#directory[Symbol.dispose]();
    }
  }
}
