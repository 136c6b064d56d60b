/** What a process and all that come from it have used since the first look, as far as looks can tell. */
import type { ServerUse } from '../record/record.ts';
import { childrenOf, descriptorsOf, ownSecondsOf, type ProcessStat, statOf, switchesOf, threadsOf } from './proc.ts';

/** Whatever only grows, for one process or thread: what it was at when it was met, and where it is now. */
interface Growing<T> {
  readonly first: T;
  last: T;
}

interface KnownThread {
  readonly voluntary: Growing<number>;
  readonly involuntary: Growing<number>;
}

interface KnownProcess {
  readonly startTicks: number;
  readonly ownSeconds: Growing<number>;
  readonly reapedSeconds: Growing<number>;
  readonly threads: Map<number, KnownThread>;
}

export type TreeCounts = Omit<ServerUse, 'rssBytes' | 'pssBytes'>;

export class TreeUse {
  readonly #root: number;
  /** Those that were there at the last look. One stays known when its parent ends before it. */
  #living = new Map<number, KnownProcess>();
  #atFirst = true;
  #mostThreads = 0;
  #mostProcesses = 0;
  #mostDescriptors = 0;
  /** Of processes and threads that have ended: what they had gained when they were last seen. */
  #endedVoluntary = 0;
  #endedInvoluntary = 0;
  #endedSeconds = 0;
  /** What they, and children that they had waited for, had used before the first look. */
  #secondsBefore = 0;

  constructor(root: number) {
    this.#root = root;
  }

  /** Those that were there at the last look. */
  get pids(): readonly number[] {
    return [...this.#living.keys()];
  }

  look(): void {
    const living = new Map<number, KnownProcess>();
    let threads = 0;
    let descriptors = 0;
    const queue = [this.#root, ...this.#living.keys()];
    for (const pid of queue) {
      if (living.has(pid)) continue;
      const seen = this.#meet(pid);
      if (seen === undefined) continue;
      living.set(pid, seen.process);
      threads += seen.process.threads.size;
      descriptors += descriptorsOf(pid);
      queue.push(...seen.children);
    }
    for (const [pid, process] of this.#living) if (living.get(pid) !== process) this.#bury(process);
    this.#living = living;
    this.#atFirst = false;
    this.#mostThreads = Math.max(this.#mostThreads, threads);
    this.#mostProcesses = Math.max(this.#mostProcesses, living.size);
    this.#mostDescriptors = Math.max(this.#mostDescriptors, descriptors);
  }

  counts(): TreeCounts {
    const living = [...this.#living.values()];
    const threads = living.flatMap((process) => [...process.threads.values()]);
    return {
      processorSeconds: this.#processorSeconds(living),
      threads: this.#mostThreads,
      processes: this.#mostProcesses,
      descriptors: this.#mostDescriptors,
      voluntarySwitches: sum(threads, ({ voluntary }) => gain(voluntary)) + this.#endedVoluntary,
      involuntarySwitches: sum(threads, ({ involuntary }) => gain(involuntary)) + this.#endedInvoluntary,
    };
  }

  /**
   * What a process that has ended had used, in all its life, its parent counts once it has waited for it. Where nobody has,
   * because the parent has ended as well or does not care, it is taken as it was last seen.
   */
  #processorSeconds(living: readonly KnownProcess[]): number {
    const reaped = sum(living, ({ reapedSeconds }) => gain(reapedSeconds)) - this.#secondsBefore;
    return sum(living, ({ ownSeconds }) => gain(ownSeconds)) + Math.max(reaped, this.#endedSeconds);
  }

  /** @returns undefined when it has ended. */
  #meet(pid: number): { process: KnownProcess; children: readonly number[] } | undefined {
    const stat = statOf(pid);
    // What a zombie has used is still its own; it has no threads left, nor anything else.
    const ownSeconds = stat && ownSecondsOf(pid, stat);
    if (stat === undefined || ownSeconds === undefined) return undefined;
    const process = this.#known(pid, stat) ?? this.#introduce(stat, ownSeconds);
    process.ownSeconds.last = ownSeconds;
    process.reapedSeconds.last = stat.reapedSeconds;
    const threads = threadsOf(pid);
    this.#meetThreads(pid, process, threads);
    return { process, children: childrenOf(pid, threads) };
  }

  #known(pid: number, { startTicks }: ProcessStat): KnownProcess | undefined {
    const known = this.#living.get(pid);
    return known?.startTicks === startTicks ? known : undefined;
  }

  #introduce({ startTicks, reapedSeconds }: ProcessStat, ownSeconds: number): KnownProcess {
    return {
      startTicks,
      ownSeconds: this.#growing(ownSeconds),
      reapedSeconds: this.#growing(reapedSeconds),
      threads: new Map(),
    };
  }

  #meetThreads(pid: number, process: KnownProcess, threads: readonly number[]): void {
    const gone = new Map(process.threads);
    for (const thread of threads) {
      const switches = switchesOf(pid, thread);
      if (switches === undefined) continue;
      const known = process.threads.get(thread);
      // One that has had fewer than before is another with the same number.
      if (known && known.voluntary.last <= switches.voluntary && known.involuntary.last <= switches.involuntary) {
        known.voluntary.last = switches.voluntary;
        known.involuntary.last = switches.involuntary;
        gone.delete(thread);
        continue;
      }
      if (known) this.#buryThread(known);
      gone.delete(thread);
      process.threads.set(thread, {
        voluntary: this.#growing(switches.voluntary),
        involuntary: this.#growing(switches.involuntary),
      });
    }
    for (const [thread, known] of gone) {
      this.#buryThread(known);
      process.threads.delete(thread);
    }
  }

  #bury(process: KnownProcess): void {
    this.#endedSeconds += gain(process.ownSeconds);
    this.#secondsBefore += process.ownSeconds.first + process.reapedSeconds.first;
    for (const thread of process.threads.values()) this.#buryThread(thread);
  }

  #buryThread({ voluntary, involuntary }: KnownThread): void {
    this.#endedVoluntary += gain(voluntary);
    this.#endedInvoluntary += gain(involuntary);
  }

  /** What is there at the first look has a past that is not counted; what comes later has none. */
  #growing(value: number): Growing<number> {
    return { first: this.#atFirst ? value : 0, last: value };
  }
}

function gain({ first, last }: Growing<number>): number {
  return last - first;
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
