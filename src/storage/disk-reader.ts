/** A file of the disk, open for reading. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Place } from './disk-jail.ts';
import { translateErrors } from './errno-kinds.ts';
import type { ReadableFile } from './file-system.ts';
import { StorageError } from './storage-error.ts';

/** Without O_NONBLOCK a FIFO would hold a thread of Node's pool until somebody writes to it. Not there on Windows. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * @param path the virtual path, for messages.
 * @param start offset of the first octet to read.
 * @throws StorageError `is-a-directory`; `permission-denied` for what is no regular file; `offset-beyond-end`.
 */
export async function openReader(place: Place, path: string, start: number): Promise<ReadableFile> {
  const file = await open(place.path, READ);
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new StorageError('is-a-directory', JSON.stringify(path));
    if (!stats.isFile()) throw new StorageError('permission-denied', `${JSON.stringify(path)} is no regular file`);
    if (start > stats.size) throw new StorageError('offset-beyond-end', `${start} of ${stats.size}`);
    return new DiskReader(file, path, stats.size, start);
  } catch (error) {
    await file.close();
    throw error;
  }
}

class DiskReader implements ReadableFile {
  readonly descriptor: number;
  readonly size: number;
  readonly #file: FileHandle;
  readonly #path: string;
  #position: number;
  /** The read under way. A descriptor must not be closed under it: its number may be another file's a moment later. */
  #reading: Promise<unknown> | undefined;

  constructor(file: FileHandle, path: string, size: number, start: number) {
    this.#file = file;
    this.#path = path;
    this.#position = start;
    this.descriptor = file.fd;
    this.size = size;
  }

  async read(buffer: Uint8Array): Promise<number> {
    const reading = this.#file.read(buffer, 0, buffer.byteLength, this.#position);
    this.#reading = reading;
    const { bytesRead } = await translateErrors('read', this.#path, () => reading);
    if (bytesRead === 0 && buffer.byteLength > 0 && this.#position < this.size) {
      throw new StorageError('changed-while-reading', `${JSON.stringify(this.#path)} is shorter than it was`);
    }
    this.#position += bytesRead;
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
