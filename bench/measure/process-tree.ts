/** A process with all that came from it (Linux, proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

/** proc(5) counts in these. It is 100 everywhere that Node runs. */
const TICKS_PER_SECOND = 100;

/** The process and its descendants, as far as they are there still. */
export function processTree(pid: number): number[] {
  const tree = [pid];
  for (const each of tree) tree.push(...childrenOf(each));
  return tree;
}

/**
 * Ends a process and all that came from it. It is stopped first, so that it starts no others meanwhile.
 * @param pid of the leader of a process group, a child of this process that has not been waited for: so that the number
 * is still its own. In the group are those as well whose parent has gone before them.
 */
export function killTree(pid: number): void {
  signal(pid, 'SIGSTOP');
  for (const each of [...processTree(pid).reverse(), -pid]) signal(each, 'SIGKILL');
}

/**
 * How long the processes of a tree have run, in seconds: in the programs and in the kernel for them. In nanoseconds for
 * threads that live, which is why one should look while the clients are still there; in clock ticks for processes that
 * have ended.
 */
export function processorSecondsOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + threadSeconds(each) + endedChildrenSeconds(each), 0);
}

function threadSeconds(pid: number): number {
  return list(`/proc/${pid}/task`).reduce((sum, thread) => {
    const nanoseconds = read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0];
    return sum + Number(nanoseconds || 0) / 1e9;
  }, 0);
}

function endedChildrenSeconds(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the name of the program, which may have blanks in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).trim().split(' ').filter(Boolean).map(Number),
  );
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** Empty for a process that has ended meanwhile. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
