/** Whether the kernel can look up a name without a disk: openat2(2) with RESOLVE_CACHED. Linux 5.12 and newer. */
import { constants } from 'node:fs';
import { closeDescriptor } from './descriptor.ts';
import { addressOf, errnoCall } from './libc.ts';
import { O_PATH } from './open-flags.ts';
import { openHow, RESOLVE_BENEATH, SYS_OPENAT2 } from './openat2.ts';

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
