import { TooManyLoginsError } from './too-many-logins-error.ts';

export interface HashingQueueLimits {
  /** Pieces of work that may run at the same time, at least 1. */
  readonly atOnce: number;
  /** Pieces of work that may wait for their turn. */
  readonly waiting: number;
}

/**
 * Lets few passwords be hashed at a time, and few wait for it, in the order in which they came.
 *
 * scrypt runs on the threads that also do all work on files (four, unless UV_THREADPOOL_SIZE says otherwise). Their own
 * queue has no bound and forgets nobody: two hundred wrong passwords would stop every SIZE and RETR for half a minute,
 * even when those who sent them have long gone (S15, S19).
 */
export class HashingQueue {
  readonly #limits: HashingQueueLimits;
  #running = 0;
  /** What gives each its turn. A set, since those in the middle leave as well. */
  readonly #waiting = new Set<() => void>();

  constructor(limits: HashingQueueLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when it is its turn.
   * @param signal takes it out of the queue; once it runs, it runs to its end.
   * @returns what `work` returns, or throws what it throws.
   * @throws TooManyLoginsError at once when the queue is full; the signal's reason when that aborts before the turn comes.
   */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running < this.#limits.atOnce) this.#running += 1;
    else await this.#turn(signal);
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.size >= this.#limits.waiting) throw new TooManyLoginsError();
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.delete(begin);
        reject(signal?.reason);
      };
      this.#waiting.add(begin);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** The turn is handed on, so that nobody who comes just now gets in before. */
  #passOn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
