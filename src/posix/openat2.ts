/** openat2(2): open a path that cannot lead out of a directory. Linux 5.6 and newer. */
import { closeSync, openSync } from 'node:fs';
import { closeDescriptor } from './descriptor.ts';
import { PosixError } from './errno.ts';
import { posixAvailable, systemCall } from './libc.ts';
import { O_CLOEXEC, O_PATH } from './open-flags.ts';

/** The C library has no wrapper. The number is the same on every architecture that Node supports. */
export const SYS_OPENAT2 = 437;

// <linux/openat2.h>
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_BENEATH = 0x08;

/** How often to try again while somebody renames directories under a path with `..` in it. */
const RACE_ATTEMPTS = 64;

const openat2 = systemCall<[number: number, directoryFd: number, path: Uint8Array, how: Uint8Array, size: number]>(
  'openat2',
  'long syscall(long number, int directory, const uint8_t *path, const uint8_t *how, size_t size)',
);

/** struct open_how; in the byte order of the machine. O_CLOEXEC is added to the flags. */
export function openHow(flags: number, resolve: number, mode = 0): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(flags | O_CLOEXEC), BigInt(mode), BigInt(resolve)).buffer);
}

export interface OpenBeneathOptions {
  /** Permission bits of a file that O_CREAT makes (default 0). */
  readonly mode?: number;
  /** Fail with ELOOP wherever there is a symbolic link in the path, the last segment included. */
  readonly noSymlinks?: boolean;
}

/**
 * Opens a path below a directory; the kernel guarantees that nothing outside is reached, whatever is renamed or linked
 * meanwhile (openat2(2), RESOLVE_BENEATH and RESOLVE_NO_MAGICLINKS).
 *
 * @param directoryFd a descriptor of the directory; O_PATH is enough.
 * @param relativePath the path, without a leading slash; `.` for the directory itself. No NUL.
 * @param flags of open(2). O_CLOEXEC is added.
 * @returns a descriptor, which the caller closes.
 * @throws PosixError EXDEV when the path leads outside, or has an absolute symbolic link in it, wherever that points;
 *   otherwise what open(2) says.
 */
export function openBeneath(
  directoryFd: number,
  relativePath: Uint8Array | string,
  flags: number,
  options: OpenBeneathOptions = {},
): number {
  const path = terminated(relativePath);
  const resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | (options.noSymlinks ? RESOLVE_NO_SYMLINKS : 0);
  const how = openHow(flags, resolve, options.mode);

  for (let attempt = 1; ; attempt++) {
    try {
      return openat2(SYS_OPENAT2, directoryFd, path, how, how.byteLength);
    } catch (error) {
      // EAGAIN: a rename happened meanwhile, and the kernel cannot tell whether a `..` would have led outside.
      const raced = error instanceof PosixError && error.code === 'EAGAIN';
      if (!raced || attempt === RACE_ATTEMPTS) throw error;
    }
  }
}

let available: boolean | undefined;

/** Whether openBeneath works: the kernel may be older, and some sandboxes refuse calls that they do not know. */
export function openBeneathAvailable(): boolean {
  available ??= probe();
  return available;
}

function probe(): boolean {
  if (process.platform !== 'linux' || !posixAvailable()) return false;
  let root: number | undefined;
  try {
    root = openSync('/', O_PATH);
    closeDescriptor(openBeneath(root, '.', O_PATH));
    return true;
  } catch {
    return false;
  } finally {
    if (root !== undefined) closeSync(root);
  }
}

/** A path as C wants it: its octets and a NUL. A NUL inside would cut it short, and another file would be opened. */
export function terminated(path: Uint8Array | string): Buffer {
  const octets = typeof path === 'string' ? Buffer.from(path, 'utf8') : path;
  if (octets.includes(0)) throw new TypeError('a path cannot contain NUL');
  return Buffer.concat([octets, Buffer.of(0)]);
}
