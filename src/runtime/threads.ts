import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { UnitFailedError } from './unit.ts';

/** What a thread of a pool says when it starts, before it does anything else. */
export type ThreadMessage =
  | { readonly thread: 'hello'; readonly id: number; readonly line: MessagePort }
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
  readonly onError: (error: Error) => void;
}

/** A fixed number of threads that do tasks, one at a time each. Those that die are replaced when there is work. */
export class Threads {
  readonly #pool: Piscina;

  private constructor(pool: Piscina) {
    this.#pool = pool;
  }

  /** @throws UnitFailedError when a thread cannot work; then none is left. */
  static async start({ entry, count, workerData, onHello, onError }: ThreadsOptions): Promise<Threads> {
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
    const failures = await started(pool, count, onHello);
    if (failures.length > 0) {
      await pool.destroy();
      throw new UnitFailedError(failures[0]);
    }
    return new Threads(pool);
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
  close(): Promise<void> {
    return this.#pool.destroy();
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
        onHello?.(message.line, message.id);
        return;
      }
      if (message.thread === 'failed') failures.push(message.reason);
      settled();
    });
  });
}

function entryFile(name: string): string {
  const path = import.meta.url.endsWith('.ts') ? `./${name}.ts` : `../../units/${name}.js`;
  return fileURLToPath(new URL(path, import.meta.url));
}
