import { TooManyLoginsError } from './too-many-logins-error.ts';

export interface HashingQueueLimits {
  /** Pieces of work that may run at the same time, at least 1. */
  readonly atOnce: number;
  /** Pieces of work that may wait for their turn. */
  readonly waiting: number;
  /** Those of one client among them. */
  readonly waitingPerClient: number;
}

/**
 * Lets few passwords be hashed at a time, and a bounded number wait for it. Clients have their turns in rotation, so that
 * whoever guesses passwords by the hundred keeps himself waiting, and nobody else.
 *
 * scrypt runs on the threads that also do all work on files (four, unless UV_THREADPOOL_SIZE says otherwise). Their own
 * queue has no bound and forgets nobody: two hundred wrong passwords would stop every SIZE and RETR for half a minute,
 * even when those who sent them have long gone (S15, S19).
 */
export class HashingQueue {
  readonly #limits: HashingQueueLimits;
  #running = 0;
  #waitingInAll = 0;
  /** What gives each its turn, by client; the client whose turn it is comes first. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(limits: HashingQueueLimits) {
    this.#limits = limits;
  }

  /**
   * Runs `work` when it is its turn.
   * @param client whose work it is: the address.
   * @param signal takes it out of the queue; once it runs, it runs to its end.
   * @returns what `work` returns, or throws what it throws.
   * @throws TooManyLoginsError at once when the queue is full; the signal's reason when that aborts before the turn comes.
   */
  async run<T>(client: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.#running < this.#limits.atOnce) this.#running += 1;
    else await this.#turn(client, signal);
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  #turn(client: string, signal: AbortSignal | undefined): Promise<void> {
    const waiting = this.#waiting.get(client) ?? new Set();
    if (this.#waitingInAll >= this.#limits.waiting || waiting.size >= this.#limits.waitingPerClient) {
      throw new TooManyLoginsError();
    }
    return new Promise((resolve, reject) => {
      const begin = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#remove(client, waiting, begin);
        reject(signal?.reason);
      };
      this.#waiting.set(client, waiting.add(begin));
      this.#waitingInAll += 1;
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
    const [client, waiting] = next;
    const [begin] = waiting;
    this.#waiting.delete(client);
    this.#waiting.set(client, waiting);
    this.#remove(client, waiting, begin!);
    begin!();
  }

  #remove(client: string, waiting: Set<() => void>, begin: () => void): void {
    waiting.delete(begin);
    this.#waitingInAll -= 1;
    if (waiting.size === 0) this.#waiting.delete(client);
  }
}
