import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { MessagePort, Worker } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { UnitFailedError } from './unit.ts';

/** A thread that hangs while it starts is waited for no longer than this when the pool is closed. */
const STARTING_MS = 2_000;
const LOOK_AGAIN_MS = 5;

/** What a thread of a pool says when it starts: `hello` as soon as koffi is loaded, then what became of the rest. */
export type ThreadMessage =
  | { readonly thread: 'hello'; readonly id: number; readonly line?: MessagePort }
  | { readonly thread: 'ready' }
  | { readonly thread: 'failed'; readonly reason: string };

export interface ThreadsOptions {
  /** The program of each thread; its default export does a task. */
  readonly entry: string;
  /** 1…1024. */
  readonly count: number;
  readonly workerData: unknown;
  /** Hears of every thread that starts, with a line to it. */
  readonly onHello?: (line: MessagePort, id: number) => void;
  /** Hears of every thread that dies, before its successor is started. */
  readonly onDeath?: () => void;
  readonly onError: (error: Error) => void;
}

/** A fixed number of threads that do tasks, one at a time each. Those that die are replaced when there is work. */
export class Threads {
  readonly #pool: Piscina;
  /** Those that have said hello. */
  readonly #known = new WeakSet<Worker>();

  private constructor(pool: Piscina) {
    this.#pool = pool;
    pool.on('message', (message: ThreadMessage) => {
      if (message.thread !== 'hello') return;
      const thread = pool.threads.find(({ threadId }) => threadId === message.id);
      if (thread) this.#known.add(thread);
    });
  }

  /** @throws UnitFailedError when a thread cannot work; then none is left. */
  static async start({ entry, count, workerData, onHello, onDeath, onError }: ThreadsOptions): Promise<Threads> {
    // Children load this file with that of their architecture, and have no pool: half of the time of that would be piscina's.
    const { Piscina } = await import('piscina');
    const pool = new Piscina({
      filename: entryFile(entry),
      workerData,
      // Options of the program that embeds this one, such as --input-type, are none of the threads'.
      execArgv: [],
      minThreads: count,
      maxThreads: count,
      concurrentTasksPerWorker: 1,
      // A thread that waits for its next task by Atomics.wait would let its timers and kept listeners stand still.
      atomics: 'disabled',
      // Bounded by whoever gives the tasks: piscina would refuse what is too much, where others can wait further outside.
      maxQueue: Number.POSITIVE_INFINITY,
    });
    pool.on('error', onError);
    const threads = new Threads(pool);
    const failures = await started(pool, count, onHello);
    if (failures.length > 0) {
      await pool.destroy();
      throw new UnitFailedError(failures[0]);
    }
    if (onDeath) pool.on('workerDestroy', onDeath);
    return threads;
  }

  /** Tasks that wait for a thread. */
  get waiting(): number {
    return this.#pool.queueSize;
  }

  /** @throws Error when the task throws, and when its thread dies. */
  run(task: unknown, transfer: readonly MessagePort[] = []): Promise<void> {
    return this.#pool.run(task, { transferList: [...transfer] });
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    await this.#allKnown();
    await this.#pool.destroy();
  }

  /** The successor of a thread that has just died may be loading koffi: see started(). */
  async #allKnown(): Promise<void> {
    this.#pool.options.minThreads = 0;
    const deadline = performance.now() + STARTING_MS;
    while (this.#pool.threads.some((thread) => !this.#known.has(thread)) && performance.now() < deadline) {
      await delay(LOOK_AGAIN_MS);
    }
  }
}

/**
 * Waits until every thread has said what became of it, even when the first one has failed: a thread that is ended while
 * it loads koffi takes the whole process down (its addon throws where nothing may be thrown any more).
 */
function started(pool: Piscina, count: number, onHello: ThreadsOptions['onHello']): Promise<string[]> {
  // Threads of piscina that do nothing do not keep the process from ending, not even while they start.
  const awake = setInterval(() => {}, 60_000);
  const failures: string[] = [];
  let outstanding = count;
  return new Promise((resolve) => {
    const settled = () => {
      outstanding -= 1;
      if (outstanding > 0) return;
      clearInterval(awake);
      pool.off('workerDestroy', died);
      pool.off('error', broke);
      resolve(failures);
    };
    const died = () => {
      // Nobody takes its place: all others are about to be ended, too.
      pool.options.minThreads = 0;
      failures.push('a thread ended before it was ready');
      settled();
    };
    // Comes right behind, and tells more.
    const broke = ({ message }: Error) => void failures.unshift(message);
    pool.on('workerDestroy', died);
    pool.on('error', broke);
    pool.on('message', (message: ThreadMessage) => {
      if (message.thread === 'hello') {
        if (message.line) onHello?.(message.line, message.id);
        return;
      }
      if (message.thread === 'failed') failures.push(message.reason);
      settled();
    });
  });
}

function entryFile(name: string): string {
  const path = import.meta.url.endsWith('.ts') ? `./${name}.ts` : `../../units/${name}.cjs`;
  return fileURLToPath(new URL(path, import.meta.url));
}
