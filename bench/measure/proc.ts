/**
 * What Linux tells of a process: proc(5), and its clock. Nothing here is an error: of a process that has ended, lists are
 * empty and the rest is undefined, since it may end between two looks.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { PosixUnavailableError } from '../../src/posix/libc.ts';
import { clockSeconds, processClock } from './processor-clock.ts';

/** proc(5) counts in these. It is 100 everywhere that Node runs. */
const TICKS_PER_SECOND = 100;

export interface ProcessStat {
  /** Tells processes apart that had the same number one after the other. */
  readonly startTicks: number;
  /** Of its threads, those that have ended included: to a hundredth of a second. */
  readonly ownSeconds: number;
  /** The same of children that have ended and been waited for, and of theirs. */
  readonly reapedSeconds: number;
}

export function statOf(pid: number): ProcessStat | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name of the program, which may have blanks in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3]);
  return {
    startTicks: number(22),
    ownSeconds: (number(14) + number(15)) / TICKS_PER_SECOND,
    reapedSeconds: (number(16) + number(17)) / TICKS_PER_SECOND,
  };
}

/** The same as `ownSeconds`, in nanoseconds where the C library can be asked. */
export function ownSecondsOf(pid: number, stat = statOf(pid)): number | undefined {
  try {
    return clockSeconds(processClock(pid));
  } catch (error) {
    if (error instanceof PosixUnavailableError) return stat?.ownSeconds;
    throw error;
  }
}

/** In nanoseconds. */
export function threadSecondsOf(pid: number, thread: number): number | undefined {
  const nanoseconds = textOf(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0];
  return nanoseconds === undefined ? undefined : Number(nanoseconds) / 1e9;
}

export function threadsOf(pid: number): number[] {
  return entriesOf(`/proc/${pid}/task`).map(Number);
}

/** @param threads of the process: each has children of its own. */
export function childrenOf(pid: number, threads = threadsOf(pid)): number[] {
  return threads.flatMap((thread) =>
    (textOf(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

export interface Switches {
  /** It had to wait for something. */
  readonly voluntary: number;
  /** Another was given the processor. */
  readonly involuntary: number;
}

export function switchesOf(pid: number, thread: number): Switches | undefined {
  const status = textOf(`/proc/${pid}/task/${thread}/status`);
  // They are the last two lines. A thread that is about to end may have none.
  const found = status && /^voluntary_ctxt_switches:\s+(\d+)\nnonvoluntary_ctxt_switches:\s+(\d+)$/m.exec(status);
  return found ? { voluntary: Number(found[1]), involuntary: Number(found[2]) } : undefined;
}

/** How many it has open; 0 of a process that may not be asked (ptrace(2)). */
export function descriptorsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  try {
    // Linux 6.2 and later count them there. To list ten thousand of them takes milliseconds.
    return statSync(folder).size || readdirSync(folder).length;
  } catch {
    return 0;
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const chunk = Buffer.allocUnsafe(64 * 1024);

/** readFileSync takes half as long again, and these are read by the thousand. */
function textOf(file: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    let text = '';
    for (let octets = -1; octets !== 0; ) {
      octets = readSync(descriptor, chunk);
      text += chunk.toString('latin1', 0, octets);
    }
    return text;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
