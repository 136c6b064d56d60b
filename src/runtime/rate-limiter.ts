/** Nobody is let move more at once than is worth this time at the rate, and no more than that is caught up with. */
const TURN_MS = 25;

/** However many wait, a turn is worth this: a timer cannot be any finer, and smaller packets would be no use. */
const SHORTEST_TURN_MS = 1;
const SMALLEST_TURN = 512;

interface Waiting {
  readonly wanted: number;
  grant(amount: number): void;
}

/**
 * Lets so much pass per second, evenly: in no span of time more than the rate and 50 ms worth of it. Who waits longest is
 * served first, and the more wait, the less each gets at once; so those who share a limit get equal parts of it.
 *
 * It keeps a time only: until when all that was granted takes at the rate. While nobody waits there is no timer.
 */
export class RateLimiter {
  #perMs = 0;
  readonly #now: () => number;
  #busyUntilMs = Number.NEGATIVE_INFINITY;
  /** Who waits longest is first. */
  readonly #waiting = new Set<Waiting>();
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param perSecond above 0.
   * @param now milliseconds of a clock that nobody sets.
   */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.perSecond = perSecond;
    this.#now = now;
  }

  /** Holds for what is granted from now on. */
  set perSecond(perSecond: number) {
    this.#perMs = perSecond / 1000;
  }

  /** Nobody waits, and to forget all that was granted would let nobody have more than the rate. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#busyUntilMs + TURN_MS <= this.#now();
  }

  /**
   * Waits for the caller's turn.
   * @param wanted 1 or more.
   * @returns how much of it is granted, 1 or more. What is not used is lost to all.
   * @throws the reason of `signal` when that aborts before.
   */
  take(wanted: number, signal?: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const takeBack = () => {
        this.#waiting.delete(request);
        if (this.#waiting.size === 0) this.#stopTimer();
        reject(signal?.reason as Error);
      };
      const request: Waiting = {
        wanted,
        grant: (amount) => {
          signal?.removeEventListener('abort', takeBack);
          resolve(amount);
        },
      };
      signal?.addEventListener('abort', takeBack, { once: true });
      this.#waiting.add(request);
      // Else others wait already, and the timer is set for them.
      if (this.#timer === undefined) this.#serve();
    });
  }

  #serve(): void {
    this.#stopTimer();
    for (const request of this.#waiting) {
      const now = this.#now();
      if (this.#busyUntilMs > now) {
        // Whoever waits keeps the process alive by its connection.
        this.#timer = setTimeout(() => this.#serve(), Math.ceil(this.#busyUntilMs - now)).unref();
        return;
      }
      const amount = Math.min(request.wanted, this.#turn());
      this.#busyUntilMs = Math.max(this.#busyUntilMs, now - TURN_MS) + amount / this.#perMs;
      this.#waiting.delete(request);
      request.grant(amount);
    }
  }

  #turn(): number {
    const longest = this.#perMs * TURN_MS;
    const shortest = Math.min(longest, Math.max(this.#perMs * SHORTEST_TURN_MS, SMALLEST_TURN));
    return Math.max(1, Math.floor(Math.max(shortest, longest / this.#waiting.size)));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
