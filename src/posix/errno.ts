/** Errors of the C library, with the names that errno(3) gives them. */
import { constants } from 'node:os';

/** Number to name. Where two names share a number (EAGAIN, EWOULDBLOCK), the first one counts. */
const NAMES = new Map<number, string>();
for (const [name, errno] of Object.entries(constants.errno)) {
  if (!NAMES.has(errno)) NAMES.set(errno, name);
}

/**
 * @param errno a positive error number of this platform.
 * @returns its name, as `ENOENT`. Knows some that Node has no name for, EDQUOT among them.
 */
export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? `E${errno}`;
}

/** A call of the C library failed. Has the fields of the errors that Node's own fs throws. */
export class PosixError extends Error {
  override readonly name = 'PosixError';
  /** `ENOENT`, `EACCES`, … */
  readonly code: string;
  /** Negative, as Node has it. */
  readonly errno: number;
  readonly syscall: string;

  /** @param errno what errno(3) held after the call, positive. @param syscall the call that failed. */
  constructor(errno: number, syscall: string) {
    const code = errnoName(errno);
    super(`${code}: ${syscall}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
  }
}
