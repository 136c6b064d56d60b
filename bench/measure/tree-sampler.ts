/** What all processes of a server use from one moment to another, looked at now and then in between. */
import type { ServerUse } from '../record/record.ts';
import { memoryOfAll } from './process-memory.ts';
import { TreeUse } from './tree-use.ts';

const LEAST_PAUSE_MS = 100;
/**
 * The pause is so many times what the sample before it has taken of the processor. 1 % would be 99 times; the rest is for
 * the timer, for clearing away what a sample leaves behind, and for the next to take half as long again.
 */
const PAUSE_OVER_COST = 200;

/**
 * Begins with a full look and ends with one. In between it looks as often as it can without taking a hundredth of a core,
 * for what would be gone at the end: processes and threads that come and go, and how many there were at the most. Few
 * processes are looked at ten times a second, a hundred of Node's every few seconds.
 */
export class TreeSampler implements Disposable {
  readonly #use: TreeUse;
  #timer: NodeJS.Timeout | undefined;
  #samples = 0;
  #spentMs = 0;

  private constructor(pid: number) {
    this.#use = new TreeUse(pid);
    this.#pause(this.#look());
  }

  /** @param pid of the process from which the others come. */
  static start(pid: number): TreeSampler {
    return new TreeSampler(pid);
  }

  /** Looks so far, and what they have taken of the processor. */
  get cost(): { readonly samples: number; readonly processorMs: number } {
    return { samples: this.#samples, processorMs: this.#spentMs };
  }

  /**
   * The counts are those of the moment of the call. Memory is looked at only then, and after them: it takes milliseconds
   * for every process, in which the process may have to wait.
   */
  async stop(): Promise<ServerUse> {
    this[Symbol.dispose]();
    this.#look();
    const counts = this.#use.counts();
    const { rssBytes, pssBytes } = await memoryOfAll(this.#use.pids);
    return { ...counts, rssBytes, pssBytes };
  }

  /** Ends it without a result. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #pause(costMs: number): void {
    this.#timer = setTimeout(
      () => this.#pause(this.#look()),
      Math.max(LEAST_PAUSE_MS, costMs * PAUSE_OVER_COST),
    ).unref();
  }

  /** @returns milliseconds of the processor, of all threads of this process meanwhile: rather too many than too few. */
  #look(): number {
    const before = process.cpuUsage();
    this.#use.look();
    const { user, system } = process.cpuUsage(before);
    const costMs = (user + system) / 1000;
    this.#samples += 1;
    this.#spentMs += costMs;
    return costMs;
  }
}
