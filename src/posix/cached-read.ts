/** Reading what is in the kernel's cache, and nothing that a disk would have to be asked for: preadv2(2). Linux. */
import { addressOf, errnoCall, posixAvailable } from './libc.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

/** <linux/fs.h>: fail with EAGAIN instead of waiting for the disk. */
const RWF_NOWAIT = 8;
/** Of struct iovec. */
const VECTOR_OCTETS = 16;

/** The kernel reads ahead in larger pieces than this, so what lies between two octets that are cached mostly is as well. */
const PROBE_DISTANCE_OCTETS = 128 * 1024;

const preadv2 = errnoCall<
  [number: number, fd: number, vector: number, count: number, low: number, high: number, flags: number]
>('long syscall(long number, int fd, uintptr_t vector, int count, unsigned long low, unsigned long high, int flags)');

/** Whether the kernel can be asked here. Which file systems then tell is another question. */
export function cachedReadAvailable(): boolean {
  return SYSCALL_NUMBERS !== undefined && posixAvailable();
}

let reader: CachedReader | undefined;

/**
 * Reads as far as octets are in memory.
 *
 * @param offset in octets, in the file, whose own position stays as it is.
 * @returns octets read, 0 at the end of the file; undefined when a disk would have to be asked, or the file system does not
 *   tell (EOPNOTSUPP; tmpfs is one), or anything else is in the way, which an ordinary read(2) then meets.
 */
export function readIfInMemory(fileFd: number, buffer: Uint8Array, offset: number): number | undefined {
  reader ??= new CachedReader();
  const octets = reader.read(fileFd, addressOf(buffer), buffer.byteLength, offset);
  return octets < 0 ? undefined : octets;
}

let octet: Buffer | undefined;

/**
 * Whether octets of a file can be read without waiting for the disk: asked of one octet in 128 KiB, and of the last.
 *
 * @returns false as well where the file system does not tell (EOPNOTSUPP), and beyond the end of the file.
 */
export function isInMemory(fileFd: number, offset: number, octets: number): boolean {
  octet ??= Buffer.allocUnsafeSlow(1);
  for (let at = offset; at < offset + octets - 1; at += PROBE_DISTANCE_OCTETS) {
    if (readIfInMemory(fileFd, octet, at) !== 1) return false;
  }
  return readIfInMemory(fileFd, octet, offset + octets - 1) === 1;
}

/** The struct iovec that describes what is read into. */
class CachedReader {
  readonly #vector = new BigUint64Array(VECTOR_OCTETS / BigUint64Array.BYTES_PER_ELEMENT);
  readonly #address = addressOf(new Uint8Array(this.#vector.buffer));

  /** @returns octets read, or errno with its sign changed. */
  read(fd: number, address: number, octets: number, offset: number): number {
    this.#vector[0] = BigInt(address);
    this.#vector[1] = BigInt(octets);
    return preadv2(SYSCALL_NUMBERS!.preadv2, fd, this.#address, 1, offset, 0, RWF_NOWAIT);
  }
}
