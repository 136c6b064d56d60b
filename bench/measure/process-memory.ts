/** What a process takes of the machine's memory, as Linux tells it in proc(5). */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessMemory {
  /** Resident, shared pages in full. */
  readonly rssBytes: number;
  /** Resident, shared pages divided by the number of processes that share them. */
  readonly pssBytes: number;
  /** The most that was resident since the start, as the kernel counts: nothing between two looks is missed. */
  readonly peakRssBytes: number;
}

const SAMPLE_EVERY_MS = 250;

export async function memoryOf(pid: number): Promise<ProcessMemory> {
  const [status, rollup] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'latin1'),
    readFile(`/proc/${pid}/smaps_rollup`, 'latin1'),
  ]);
  return {
    // Not from status, whose counters are kept per processor and lag behind by some pages of each.
    rssBytes: field(rollup, 'Rss'),
    pssBytes: field(rollup, 'Pss'),
    peakRssBytes: field(status, 'VmHWM'),
  };
}

/**
 * Of several processes, all together. One that has ended meanwhile takes nothing; where the kernel does not tell what a
 * process shares (another user's, ptrace(2)), what is resident stands for it.
 */
export async function memoryOfAll(pids: readonly number[]): Promise<Pick<ProcessMemory, 'rssBytes' | 'pssBytes'>> {
  let rssBytes = 0;
  let pssBytes = 0;
  // One after the other: each holds up its process while the kernel walks through its pages.
  for (const pid of pids) {
    const memory = await memoryOf(pid).catch(() => residentOf(pid));
    rssBytes += memory.rssBytes;
    pssBytes += memory.pssBytes;
  }
  return { rssBytes, pssBytes };
}

async function residentOf(pid: number): Promise<Pick<ProcessMemory, 'rssBytes' | 'pssBytes'>> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  // A process that has ended and not been waited for has no such line.
  const rssBytes = status.includes('\nVmRSS:') ? field(status, 'VmRSS') : 0;
  return { rssBytes, pssBytes: rssBytes };
}

/**
 * The memory of a process once it has come to rest: V8 gives pages back some seconds after the work that took them.
 * @param quietMs how long the figure must not fall by more than a hundredth.
 * @param limitMs after so long it is taken as it is.
 */
export async function settledMemoryOf(pid: number, quietMs = 3_000, limitMs = 30_000): Promise<ProcessMemory> {
  const giveUpAt = performance.now() + limitMs;
  let reference = await memoryOf(pid);
  let quietSince = performance.now();
  for (;;) {
    await delay(SAMPLE_EVERY_MS);
    const now = await memoryOf(pid);
    const time = performance.now();
    if (now.rssBytes < reference.rssBytes * 0.99) {
      reference = now;
      quietSince = time;
    }
    if (time - quietSince >= quietMs || time >= giveUpAt) return now;
  }
}

function field(text: string, name: string): number {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (kibibytes === undefined) throw new Error(`proc(5) has no ${name}`);
  return Number(kibibytes) * 1024;
}
