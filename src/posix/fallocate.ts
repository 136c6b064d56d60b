/** Room for a file before its octets come: fallocate(2). Linux. */
import { pooledFunction, posixAvailable } from './libc.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

/** <linux/falloc.h>: the size of the file stays as it is. */
const FALLOC_FL_KEEP_SIZE = 1;

const fallocate = pooledFunction<[fd: number, mode: number, offset: number, octets: number]>(
  'int fallocate(int fd, int mode, int64_t offset, int64_t octets)',
);

/**
 * Has the file system set room aside, in as few pieces as it can; on a thread of the pool. The file is as large as before:
 * ftruncate(2) to its size gives back what was not used.
 *
 * @param offset of the room, in octets. @param octets 1 or more.
 * @returns whether it has. Not every file system can, and there may not be enough left.
 */
export async function preallocate(fd: number, offset: number, octets: number): Promise<boolean> {
  // Where these numbers are known, an off_t has 64 bits.
  if (SYSCALL_NUMBERS === undefined || !posixAvailable()) return false;
  return (await fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, octets)) === 0;
}
