/** A file of the disk, open for reading: on the spot what is in memory, else on the threads of Node's pool. */
import { closeSync, constants, openSync, read, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { cachedReadAvailable, readIfInMemory } from '../posix/cached-read.ts';
import { closeOwned } from '../posix/thread-descriptors.ts';
import type { NativePath, OpenedAtHand } from './disk-jail.ts';
import type { Medium } from './local-file-systems.ts';

/** Without O_NONBLOCK a FIFO would hold a thread of Node's pool until somebody writes to it. Not there on Windows. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** More takes longer to copy than to hand over; and who reads on and on lets others in between that way. */
const ON_THE_SPOT_BYTES = 64 * 1024;

const readOnPool = promisify(read);

export interface OpenFile {
  readonly descriptor: number;
  /** @returns octets read, 0 at the end of the file. @throws the error of read(2). */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/** @throws the error of open(2). */
export async function openPooled(path: NativePath): Promise<PooledFile> {
  return new PooledFile(await open(path, READ));
}

/** @param path of what is open already (/proc/self/fd/N), so that there is nothing to look up. @throws the error of open(2). */
export function openAtHand(path: NativePath, medium: Medium): OpenFile {
  return new FileAtHand(openSync(path, READ), medium, closeSync);
}

/** A file that the jail has opened already. It is this one's from now on. */
export function openedAtHand({ descriptor, medium }: OpenedAtHand): OpenFile {
  return new FileAtHand(descriptor, medium, closeOwned);
}

class PooledFile implements OpenFile {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  get descriptor(): number {
    return this.#file.fd;
  }

  /** @throws the error of fstat(2). */
  status(): Promise<Stats> {
    return this.#file.stat();
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    return (await this.#file.read(buffer, 0, buffer.byteLength, position)).bytesRead;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

class FileAtHand implements OpenFile {
  readonly descriptor: number;
  readonly #medium: Medium;
  readonly #close: (descriptor: number) => void;

  /** @param close what belongs to how it was opened. */
  constructor(descriptor: number, medium: Medium, close: (descriptor: number) => void) {
    this.descriptor = descriptor;
    this.#medium = medium;
    this.#close = close;
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    const found = buffer.byteLength <= ON_THE_SPOT_BYTES ? this.#readOnTheSpot(buffer, position) : undefined;
    return found ?? (await readOnPool(this.descriptor, buffer, 0, buffer.byteLength, position)).bytesRead;
  }

  /** Nothing was written that closing could have to wait for. */
  async close(): Promise<void> {
    this.#close(this.descriptor);
  }

  #readOnTheSpot(buffer: Uint8Array, position: number): number | undefined {
    if (this.#medium === 'memory') return readSync(this.descriptor, buffer, 0, buffer.byteLength, position);
    return cachedReadAvailable() ? readIfInMemory(this.descriptor, buffer, position) : undefined;
  }
}
