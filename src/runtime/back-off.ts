/** A unit that served for less is one that died early; the next one is started later, and later. */
const EARLY_MS = 5_000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/** How long to wait before units that die are replaced. Whoever keeps dying must not keep its parent busy. */
export class BackOff {
  /** In a row. */
  #earlyDeaths = 0;

  /**
   * To be called for each death.
   * @param livedMs how long the unit lived.
   * @returns milliseconds until its successor may be started: none after a long life, growing after short ones.
   */
  pauseAfter(livedMs: number): number {
    this.#earlyDeaths = livedMs < EARLY_MS ? this.#earlyDeaths + 1 : 0;
    // The first one may be an accident, and its clients' successors wait.
    if (this.#earlyDeaths <= 1) return 0;
    return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#earlyDeaths - 2));
  }
}
