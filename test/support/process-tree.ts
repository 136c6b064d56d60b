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

export interface ThreadCredentials {
  /** Real, effective, saved, and of the file system. */
  readonly uids: readonly number[];
  readonly gids: readonly number[];
  readonly groups: readonly number[];
  /** Permitted, effective and ambient ones, as bits (capabilities(7)). */
  readonly capabilities: bigint;
}

/** @returns as whom each thread of a process acts; none when the process is gone. */
export function credentialsOf(pid: number): ThreadCredentials[] {
  return threadIdsOf(pid).flatMap((thread) => {
    const status = contentOf(`/proc/${pid}/task/${thread}/status`);
    const words = (field: string) => new RegExp(`(?<=^${field}:).*`, 'm').exec(status)![0].split(/\s+/).filter(Boolean);
    if (status === '') return [];
    return {
      uids: words('Uid').map(Number),
      gids: words('Gid').map(Number),
      groups: words('Groups').map(Number),
      capabilities: ['CapPrm', 'CapEff', 'CapAmb'].reduce((all, field) => all | BigInt(`0x${words(field)[0]}`), 0n),
    };
  });
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
