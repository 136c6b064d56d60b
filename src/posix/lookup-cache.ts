/** What the kernel can look up without a disk: openat2(2) with RESOLVE_CACHED. Linux 5.12 and newer. */
import { constants } from 'node:fs';
import { closeDescriptor } from './descriptor.ts';
import { addressOf, errnoCall } from './libc.ts';
import { O_PATH } from './open-flags.ts';
import {
  openHow,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  SYS_OPENAT2,
  terminated,
} from './openat2.ts';

// <linux/openat2.h>
const RESOLVE_NO_XDEV = 0x01;
const RESOLVE_CACHED = 0x20;

const openat2 = errnoCall<[number: number, directory: number, path: number, how: number, size: number]>(
  'long syscall(long number, int directory, uintptr_t path, uintptr_t how, size_t size)',
);

/** A link is opened itself. */
const HOW = openHow(O_PATH | constants.O_NOFOLLOW, RESOLVE_NO_XDEV | RESOLVE_BENEATH | RESOLVE_CACHED);
let howAddress: number | undefined;

/**
 * @param directory a descriptor of it.
 * @param nameAddress of the name with a NUL behind it (see addressOf).
 * @returns whether the entry is in memory, and is of the same file system as the directory: to look at it will then not
 *   wait. False also where the kernel is too old to know, and for an entry that is gone.
 */
export function isCached(directory: number, nameAddress: number): boolean {
  howAddress ??= addressOf(HOW);
  const opened = openat2(SYS_OPENAT2, directory, nameAddress, howAddress, HOW.byteLength);
  if (opened < 0) return false;
  closeDescriptor(opened);
  return true;
}

/** Without O_NONBLOCK a FIFO would be waited for, and without O_NOCTTY a terminal taken. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
const READ_RESOLVE = RESOLVE_NO_XDEV | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_CACHED;
const READ_LINKS = openHow(READ, READ_RESOLVE);
const READ_NO_LINKS = openHow(READ, READ_RESOLVE | RESOLVE_NO_SYMLINKS);

/**
 * Opens a path below a directory for reading, as openBeneath() does, if it is in memory and of the same file system.
 *
 * @param relativePath without a leading slash. No NUL. @param noSymlinks whether there may be none in the path.
 * @returns a descriptor, which the caller closes; undefined for everything else, whatever it is: also for a link of which it
 *   has to be written down that it was used (atime).
 */
export function openCached(directory: number, relativePath: Uint8Array, noSymlinks: boolean): number | undefined {
  const path = terminated(relativePath);
  const how = noSymlinks ? READ_NO_LINKS : READ_LINKS;
  const opened = openat2(SYS_OPENAT2, directory, addressOf(path), addressOf(how), how.byteLength);
  return opened < 0 ? undefined : opened;
}
