/** getdents64(2): what a directory contains, hundreds of names with one call. Linux. */

import { PosixError } from './errno.ts';
import { addressOf, errnoCall, pooledFunction, posixAvailable } from './libc.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

/** What the C library takes for readdir(3): some eight hundred names of usual length. */
const BUFFER_OCTETS = 32 * 1024;

/** struct linux_dirent64: 64 bits of inode and of offset, 16 of its own length, 8 of type, then the name and a NUL. */
const LENGTH_AT = 16;
const TYPE_AT = 18;
const NAME_AT = 19;
/** Records begin at multiples of it, so the NUL is among the last as many octets of each. */
const ALIGNMENT = 8;
const DOT = 0x2e;

/** <dirent.h>: kinds of entries. A file system that does not know them says `unknown`. */
export const ENTRY_KINDS = { unknown: 0, directory: 4, file: 8, symlink: 10 } as const;

const PROTOTYPE = 'long syscall(long number, int directory, uintptr_t buffer, size_t size)';
type Parameters = [number: number, directory: number, buffer: number, size: number];

const getdentsOnPool = pooledFunction<Parameters>(PROTOTYPE);
const getdents = errnoCall<Parameters>(PROTOTYPE);

export interface ReadEntry {
  /** In UTF-8. Octets that are not, have become U+FFFD here; `nameOctets` has them. */
  readonly name: string;
  /** One of ENTRY_KINDS, or that of a device, pipe or socket. */
  readonly kind: number;
  /** Of the name with a NUL behind it, until the buffer is filled again. */
  readonly nameAddress: number;
}

export function directoryReaderAvailable(): boolean {
  return SYSCALL_NUMBERS !== undefined && posixAvailable();
}

/** Takes a part of a directory at a time. With two of them, one is filled while what is in the other is looked at. */
export class EntryBuffer {
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_OCTETS);
  readonly #address = addressOf(this.#buffer);

  /**
   * The next entries of a directory, without `.` and `..`. Waits for the disk on a thread of Node's pool. One call at a time
   * for a directory: its descriptor knows how far it has been read.
   *
   * @param directory a descriptor, open for reading until the promise is settled. The caller closes it.
   * @returns undefined at the end of the directory.
   * @throws PosixError EBADF, EIO, ENOENT (the directory was removed), ENOTDIR.
   */
  async fill(directory: number): Promise<ReadEntry[] | undefined> {
    const call: Parameters = [SYSCALL_NUMBERS!.getdents64, directory, this.#address, BUFFER_OCTETS];
    const octets = await getdentsOnPool(...call);
    // Why it failed is known on the other thread only. Asked once more on this one, it will say so here; or succeed.
    return this.#parse(octets < 0 ? demandResult(getdents(...call)) : octets);
  }

  /** The octets of the name of an entry that is in here. */
  nameOctets({ nameAddress }: ReadEntry): Buffer {
    const start = nameAddress - this.#address;
    return this.#buffer.subarray(start, this.#buffer.indexOf(0, start));
  }

  #parse(octets: number): ReadEntry[] | undefined {
    if (octets === 0) return undefined;
    const buffer = this.#buffer;
    const entries: ReadEntry[] = [];
    for (let at = 0, next = 0; at < octets; at = next) {
      next = at + buffer[at + LENGTH_AT]! + buffer[at + LENGTH_AT + 1]! * 256;
      const start = at + NAME_AT;
      let end = Math.max(start, next - ALIGNMENT);
      while (buffer[end] !== 0) end += 1;
      if (isSelfOrParent(buffer, start, end)) continue;
      entries.push({
        name: buffer.toString('utf8', start, end),
        kind: buffer[at + TYPE_AT]!,
        nameAddress: this.#address + start,
      });
    }
    return entries;
  }
}

function isSelfOrParent(buffer: Buffer, start: number, end: number): boolean {
  if (buffer[start] !== DOT) return false;
  return end === start + 1 || (end === start + 2 && buffer[start + 1] === DOT);
}

function demandResult(result: number): number {
  if (result < 0) throw new PosixError(-result, 'getdents64');
  return result;
}
