/** What the processes of a server take of the processors (Linux, proc(5)). */
import { readFileSync } from 'node:fs';

/** proc(5) counts in these. It is 100 everywhere that Node runs. */
const TICKS_PER_SECOND = 100;

export interface ProcessorTime {
  /** Of a process and its children: all threads, in the programs and in the kernel for them. */
  readonly allSeconds: number;
  /** Of the main thread of the process alone: its event loop. */
  readonly loopSeconds: number;
}

/** How much has been taken so far. */
export function processorTimeOf(pid: number): ProcessorTime {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').filter(Boolean);
  const all = [String(pid), ...children].map((each) => secondsIn(`/proc/${each}/stat`));
  return {
    allSeconds: all.reduce((sum, seconds) => sum + seconds),
    loopSeconds: secondsIn(`/proc/${pid}/task/${pid}/stat`),
  };
}

function secondsIn(file: string): number {
  const stat = readFileSync(file, 'latin1');
  // The second field is the name of the program, which may have blanks in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [fields[11], fields[12]];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}
