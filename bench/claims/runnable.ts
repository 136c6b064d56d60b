import { readdirSync, readFileSync } from 'node:fs';
import { processTree } from '../measure/process-tree.ts';

const NANOSECONDS = 1e9;

/**
 * How long the threads of a process and of its children have run, or waited for a processor that others had, up to now: what
 * grows by two seconds in a second when two of them have work to do. A lock between them, and waiting for anything but a
 * processor, does not count. So it tells on a busy machine as well what would be done at the same time on an idle one.
 */
export function runnableSecondsOf(pid: number): number {
  const threads = processTree(pid).flatMap((each) => readdirSync(`/proc/${each}/task`).map((id) => [each, id]));
  return threads.reduce((sum, [each, id]) => sum + runnableIn(`/proc/${each}/task/${id}/schedstat`), 0);
}

function runnableIn(file: string): number {
  const [ran, waited] = readFileSync(file, 'latin1').split(' ').map(Number);
  return (ran! + waited!) / NANOSECONDS;
}
