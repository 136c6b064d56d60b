/** What Linux tells of processes (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs';

/** @returns the pids of the children of a process, and of theirs; none when it is gone. */
export function descendantsOf(pid: number): number[] {
  const children = threadIdsOf(pid).flatMap((thread) => numbersIn(`/proc/${pid}/task/${thread}/children`));
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

export function threadsOf(pid: number): number {
  return threadIdsOf(pid).length;
}

export function descriptorsOf(pid: number): number {
  return entriesOf(`/proc/${pid}/fd`).length;
}

/** @returns octets of memory that it keeps resident; 0 when it is gone. */
export function residentOctetsOf(pid: number): number {
  const [kibibytes] = /(?<=^VmRSS:\s*)\d+/m.exec(contentOf(`/proc/${pid}/status`)) ?? ['0'];
  return Number(kibibytes) * 1024;
}

/** @returns whether there is such a process, be it a zombie that nobody has waited for. */
export function exists(pid: number): boolean {
  return contentOf(`/proc/${pid}/stat`) !== '';
}

function threadIdsOf(pid: number): string[] {
  return entriesOf(`/proc/${pid}/task`);
}

function numbersIn(path: string): number[] {
  return contentOf(path).split(' ').filter(Boolean).map(Number);
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
