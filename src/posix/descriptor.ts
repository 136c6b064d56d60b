/** What can be done with a file descriptor of any kind: fcntl(2), close(2). */
import { constants } from 'node:os';
import { PosixError } from './errno.ts';
import { errnoCall, systemCall } from './libc.ts';
import { SOCKET_CONSTANTS } from './socket-constants.ts';

const { F_DUPFD_CLOEXEC, O_NONBLOCK } = SOCKET_CONSTANTS;

// <fcntl.h>, the same on Linux and macOS
const F_GETFD = 1;
const F_SETFD = 2;
const F_GETFL = 3;
const F_SETFL = 4;
const FD_CLOEXEC = 1;

/** Standard input, output and error keep their numbers, even while one of them is closed. */
const FIRST_FREE_FD = 3;

/** Declared with its dots: on Apple silicon such arguments travel another way than those of a plain function. */
const fcntl = systemCall<[fd: number, command: number, type: 'int', argument: number]>(
  'fcntl',
  'int fcntl(int fd, int command, ...)',
);
const close = errnoCall<[fd: number]>('int close(int fd)');

/**
 * A second descriptor of the same socket or file: fcntl(2), F_DUPFD_CLOEXEC. Each of the two is closed for itself, and a
 * connection ends with the last one, or with shutdown(2).
 *
 * @returns the new descriptor, closed on exec, which the caller closes.
 * @throws PosixError EBADF, EMFILE.
 */
export function duplicate(fd: number): number {
  return fcntl(fd, F_DUPFD_CLOEXEC, 'int', FIRST_FREE_FD);
}

/**
 * close(2). Not fs.closeSync: in worker threads Node keeps account of the descriptors that fs has opened there, and warns of
 * each other one that is closed.
 *
 * @throws PosixError EBADF. What was written to a file may be reported lost: EIO, ENOSPC, EDQUOT.
 */
export function closeDescriptor(fd: number): void {
  const result = close(fd);
  // After EINTR the descriptor is closed all the same on Linux and macOS; a second try could hit somebody else's.
  if (result < 0 && result !== -constants.errno.EINTR) throw new PosixError(-result, 'close');
}

/**
 * Whether programs that this process starts are without the descriptor: fcntl(2), F_SETFD. Sockets and files that Node opens
 * are closed on exec.
 *
 * @throws PosixError EBADF.
 */
export function setCloseOnExec(fd: number, on: boolean): void {
  fcntl(fd, F_SETFD, 'int', on ? FD_CLOEXEC : 0);
}

/** fcntl(2), F_GETFD. @throws PosixError EBADF. */
export function isCloseOnExec(fd: number): boolean {
  return (fcntl(fd, F_GETFD, 'int', 0) & FD_CLOEXEC) !== 0;
}

/**
 * Whether calls answer EAGAIN where they would have to wait: fcntl(2), F_SETFL. Holds for all duplicates, in other processes
 * too.
 *
 * @throws PosixError EBADF.
 */
export function setNonBlocking(fd: number, on: boolean): void {
  const flags = fcntl(fd, F_GETFL, 'int', 0);
  fcntl(fd, F_SETFL, 'int', on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
}

/** fcntl(2), F_GETFL. @throws PosixError EBADF. */
export function isNonBlocking(fd: number): boolean {
  return (fcntl(fd, F_GETFL, 'int', 0) & O_NONBLOCK) !== 0;
}
