/** What the operating system says, as kinds of StorageError. The one table of its sort. */
import { errnoName } from '../posix/errno.ts';
import { StorageError, type StorageErrorKind } from './storage-error.ts';

const KINDS: Readonly<Record<string, StorageErrorKind>> = {
  ENOENT: 'not-found',
  ESTALE: 'not-found',
  EEXIST: 'exists',
  ENOTDIR: 'not-a-directory',
  EISDIR: 'is-a-directory',
  ENOTEMPTY: 'not-empty',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
  // What open(2) says of a socket, of a FIFO without a reader, of a device without a driver: none of them is served.
  ENXIO: 'permission-denied',
  ENODEV: 'permission-denied',
  EROFS: 'read-only',
  ELOOP: 'is-a-symlink',
  // rename(2) of a directory into itself, and names that the disk cannot keep.
  EINVAL: 'invalid-name',
  EILSEQ: 'invalid-name',
  ENAMETOOLONG: 'name-too-long',
  EBUSY: 'busy',
  EAGAIN: 'busy',
  ETXTBSY: 'busy',
  ENOSPC: 'no-space',
  EDQUOT: 'over-quota',
  EFBIG: 'too-large',
  // rename(2) from one mounted disk to another.
  EXDEV: 'not-supported',
  ENOSYS: 'not-supported',
  ENOTSUP: 'not-supported',
  EOPNOTSUPP: 'not-supported',
  EMFILE: 'too-many-open-files',
  ENFILE: 'too-many-open-files',
};

/** @returns the name of the operating system's error, `ENOENT`, or undefined when `error` is of another sort. */
export function errnoCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('errno' in error) || typeof error.errno !== 'number') return undefined;
  // By number: for EDQUOT and a few others Node's `code` is `Unknown system error -122`.
  return process.platform === 'win32' ? (error as NodeJS.ErrnoException).code : errnoName(-error.errno);
}

/**
 * Runs `work` and turns an error of the operating system into a StorageError. The message names the virtual path; the
 * original error, which has the real one in it, is not kept. Errors of any other sort pass: they are faults.
 *
 * @param operation what was tried, for the log. @param path the virtual path that it was tried on.
 */
export async function translateErrors<T>(operation: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translateError(error, operation, path);
  }
}

/** @returns the StorageError that `error` amounts to, or `error` itself when it is none of the operating system's. */
export function translateError(error: unknown, operation: string, path: string): unknown {
  const code = errnoCodeOf(error);
  if (code === undefined) return error;
  return new StorageError(KINDS[code] ?? 'input-output', `${operation} ${JSON.stringify(path)}: ${code}`);
}
