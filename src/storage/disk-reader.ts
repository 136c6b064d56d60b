/** A file of the disk, open for reading. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Place } from './disk-jail.ts';
import { translateErrors } from './errno-kinds.ts';
import type { FileInKernel, ReadableFile } from './file-system.ts';
import { localMedium, type Medium } from './local-file-systems.ts';
import { StorageError } from './storage-error.ts';

/** Without O_NONBLOCK a FIFO would hold a thread of Node's pool until somebody writes to it. Not there on Windows. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** From this size on, sending in the kernel saves more than it takes to ask on what file system a file is. */
const WORTH_ASKING_BYTES = 128 * 1024;

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
    const ask = stats.size - start >= WORTH_ASKING_BYTES;
    const medium = ask ? await localMedium(place.path).catch(() => undefined) : undefined;
    return new DiskReader(file, path, { size: stats.size, start, medium });
  } catch (error) {
    await file.close();
    throw error;
  }
}

class DiskReader implements ReadableFile {
  readonly inKernel?: FileInKernel;
  readonly size: number;
  readonly #file: FileHandle;
  readonly #path: string;
  #position: number;
  /** The read under way. A descriptor must not be closed under it: its number may be another file's a moment later. */
  #reading: Promise<unknown> | undefined;

  constructor(
    file: FileHandle,
    path: string,
    { size, start, medium }: { readonly size: number; readonly start: number; readonly medium: Medium | undefined },
  ) {
    this.#file = file;
    this.#path = path;
    this.#position = start;
    this.size = size;
    if (medium) this.inKernel = this.#asKernelKnowsIt(medium);
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

  #asKernelKnowsIt(medium: Medium): FileInKernel {
    const at = () => this.#position;
    return {
      descriptor: this.#file.fd,
      medium,
      get position() {
        return at();
      },
      advance: (octets) => {
        this.#position += octets;
      },
    };
  }

  async close(): Promise<void> {
    await this.#reading?.catch(() => {});
    await this.#file.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
