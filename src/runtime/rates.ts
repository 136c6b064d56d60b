import { RateLimiter } from './rate-limiter.ts';

/** Limits to how much may be done per second, each under its name. They hold over all units of a server. */
export interface Rates {
  /**
   * Waits for the caller's turn.
   * @param perSecond above 0; what was said last counts for all.
   * @param wanted 1 or more.
   * @returns how much of it may be done now, 1 or more.
   */
  take(name: string, perSecond: number, wanted: number, signal?: AbortSignal): Promise<number>;
}

/** Kept where all ask: in the parent, for its units, or in a process that has none. */
export class SharedRates implements Rates {
  readonly #limiters = new Map<string, RateLimiter>();

  take(name: string, perSecond: number, wanted: number, signal?: AbortSignal): Promise<number> {
    const limiter = this.#limiters.get(name) ?? this.#newLimiter(name, perSecond);
    limiter.perSecond = perSecond;
    return limiter.take(wanted, signal);
  }

  /** @returns how many limits are remembered: those that are in use, and some that were. */
  get size(): number {
    return this.#limiters.size;
  }

  #newLimiter(name: string, perSecond: number): RateLimiter {
    for (const [known, { idle }] of this.#limiters) if (idle) this.#limiters.delete(known);
    const limiter = new RateLimiter(perSecond);
    this.#limiters.set(name, limiter);
    return limiter;
  }
}
