/** prctl(2), PR_SET_PDEATHSIG: a process that does not outlive its parent. */
import { constants } from 'node:os';
import { systemCall } from './libc.ts';

/** <linux/prctl.h> */
const PR_SET_PDEATHSIG = 1;

const prctl = systemCall<[operation: number, argument: number]>(
  'prctl',
  'int prctl(int operation, unsigned long argument)',
);

export interface DieWithParentOptions {
  /** What the kernel sends this process when the parent is gone (default SIGKILL). */
  readonly signal?: NodeJS.Signals;
  /** The pid of the parent, as it told it itself. With it a parent that died before this call is noticed as well. */
  readonly parentPid?: number;
}

/**
 * Has the kernel signal this process when its parent ends, in whatever way, and while this process is blocked, too.
 *
 * The "parent" is the thread that started this process, so it must have been started from the main thread; and it is the
 * calling thread that remembers it, so this is called on the main thread.
 *
 * @returns whether the kernel will do so: only on Linux. Elsewhere the end of a pipe or of the IPC channel has to do.
 * @throws PosixUnavailableError on Linux without a C library to call.
 */
export function dieWithParent({ signal = 'SIGKILL', parentPid }: DieWithParentOptions = {}): boolean {
  if (process.platform !== 'linux') return false;
  prctl(PR_SET_PDEATHSIG, constants.signals[signal]);
  if (parentPid !== undefined && process.ppid !== parentPid) process.kill(process.pid, signal);
  return true;
}
