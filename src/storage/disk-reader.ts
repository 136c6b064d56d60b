/** A file of the disk, open for reading. */
import { closeOwned } from '../posix/thread-descriptors.ts';
import { lookAtHand, mediumOfOpen, statusOfOpen } from './at-hand.ts';
import type { OpenedAtHand, Place } from './disk-jail.ts';
import { fileTypeOf, type StatusFields } from './disk-status.ts';
import { translateErrors } from './errno-kinds.ts';
import { FileCursor } from './file-cursor.ts';
import type { FileInKernel, ReadableFile } from './file-system.ts';
import type { Medium } from './local-file-systems.ts';
import { type OpenFile, openAtHand, openedAtHand, openPooled } from './open-file.ts';
import { StorageError } from './storage-error.ts';

/** From this size on, sending in the kernel saves more than it takes to ask on what file system a file is. */
const WORTH_ASKING_BYTES = 128 * 1024;

/**
 * @param path the virtual path, for messages.
 * @param start offset of the first octet to read.
 * @throws StorageError `is-a-directory`; `permission-denied` for what is no regular file; `offset-beyond-end`.
 */
export async function openReader(place: Place, path: string, start: number): Promise<ReadableFile> {
  const atHand = await lookAtHand(place);
  if (atHand) {
    const { medium } = atHand;
    const { size } = readable(atHand.fields, path, start);
    return new DiskReader(openAtHand(place.path, medium), path, { size, start, medium });
  }
  const file = await openPooled(place.path);
  try {
    const { size } = readable(await file.status(), path, start);
    const ask = size - start >= WORTH_ASKING_BYTES;
    const medium = ask ? await mediumOfOpen(file.descriptor) : undefined;
    return new DiskReader(file, path, { size, start, medium });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The same for what the jail has opened already, which is closed when it is not what it has to be.
 * @returns undefined when that cannot be found out.
 */
export function readerOf(opened: OpenedAtHand, path: string, start: number): ReadableFile | undefined {
  let reader: ReadableFile | undefined;
  try {
    const fields = statusOfOpen(opened.descriptor);
    if (!fields) return undefined;
    const { size } = readable(fields, path, start);
    reader = new DiskReader(openedAtHand(opened), path, { size, start, medium: opened.medium });
    return reader;
  } finally {
    if (!reader) closeOwned(opened.descriptor);
  }
}

function readable(fields: Pick<StatusFields, 'mode' | 'size'>, path: string, start: number): { readonly size: number } {
  const type = fileTypeOf(fields);
  if (type === 'directory') throw new StorageError('is-a-directory', JSON.stringify(path));
  if (type !== 'file') throw new StorageError('permission-denied', `${JSON.stringify(path)} is no regular file`);
  if (start > fields.size) throw new StorageError('offset-beyond-end', `${start} of ${fields.size}`);
  return fields;
}

class DiskReader implements ReadableFile {
  readonly inKernel?: FileInKernel;
  readonly size: number;
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #cursor: FileCursor;
  /** The read under way. A descriptor must not be closed under it: its number may be another file's a moment later. */
  #reading: Promise<unknown> | undefined;

  constructor(
    file: OpenFile,
    path: string,
    { size, start, medium }: { readonly size: number; readonly start: number; readonly medium: Medium | undefined },
  ) {
    this.#file = file;
    this.#path = path;
    this.#cursor = new FileCursor(start);
    this.size = size;
    if (medium && size - start >= WORTH_ASKING_BYTES) this.inKernel = this.#cursor.inKernel(file.descriptor, medium);
  }

  async read(buffer: Uint8Array): Promise<number> {
    const reading = this.#file.read(buffer, this.#cursor.position);
    this.#reading = reading;
    const bytesRead = await translateErrors('read', this.#path, () => reading);
    if (bytesRead === 0 && buffer.byteLength > 0 && this.#cursor.position < this.size) {
      throw new StorageError('changed-while-reading', `${JSON.stringify(this.#path)} is shorter than it was`);
    }
    this.#cursor.position += bytesRead;
    return bytesRead;
  }

  async close(): Promise<void> {
    await this.#reading?.catch(() => {});
    await this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
