/** A file that exists in memory alone: memfd_create(2). Linux. */
import { systemCall } from './libc.ts';

/** <sys/mman.h> */
const MFD_CLOEXEC = 1;

const memfdCreate = systemCall<[name: string, flags: number]>(
  'memfd_create',
  'int memfd_create(const char *name, unsigned int flags)',
);

/**
 * Makes an empty file that has no path and is gone with its last descriptor; closed in programs that this process executes.
 * Threads of the process can use the descriptor, and children to which it is given.
 *
 * @param name shown in /proc/PID/fd, for who looks what a descriptor is.
 * @returns the descriptor, which the caller closes.
 * @throws PosixError EMFILE, ENFILE, ENOMEM; PosixUnavailableError; an error where the C library has no such function (macOS).
 */
export function createMemoryFile(name: string): number {
  return memfdCreate(name, MFD_CLOEXEC);
}
