/** A process with all that came from it (Linux, proc(5)). */
import { childrenOf } from './proc.ts';

/** The process and its descendants, as far as they are there still. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const each of tree) tree.push(...childrenOf(each));
  return tree;
}

/**
 * Ends a process and all that came from it, and those as well whose parent has gone before them.
 * @param pid of the leader of a process group, a child of this process that has not been waited for: so that the number
 * is still its own, and the group as well.
 */
export function killTree(pid: number): void {
  killAtOnce(pid);
  signal(-pid, 'SIGKILL');
}

/** Ends a process and all that came from it. It is stopped first, so that it starts no others meanwhile. */
export function killAtOnce(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const each of processTree(pid).reverse()) signal(each, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}
