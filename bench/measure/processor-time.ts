/** What the processes of a server take of the processors (Linux). */
import { ownSecondsOf, statOf, threadSecondsOf } from './proc.ts';
import { processTree } from './process-tree.ts';

/**
 * How long the processes of a tree have run so far, in seconds: in the programs and in the kernel for them. In nanoseconds
 * for those that live, which is why one should look while the clients are still there; in hundredths of a second for those
 * that have ended and been waited for.
 */
export function processorSecondsOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => {
    const stat = statOf(each);
    return sum + (ownSecondsOf(each, stat) ?? 0) + (stat?.reapedSeconds ?? 0);
  }, 0);
}

/** Of the main thread of a process alone: its event loop. */
export function loopSecondsOf(pid: number): number {
  return threadSecondsOf(pid, pid) ?? 0;
}
