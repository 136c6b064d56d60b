import { FadingMap } from './fading-map.ts';

const PERIOD_MS = 1000;
const NOTICES_PER_PERIOD = 100;

/**
 * Decides which refused clients are told why. A flood would else make the server write and wait for each of them, while a
 * person who wonders sees the word at the first attempt (S19): one each second to an address, a hundred in all.
 */
export class RefusalNotices {
  /** Who got one within the last period; so its size is how many were given. */
  readonly #told: FadingMap<true>;

  /** @param now in milliseconds. */
  constructor(now: () => number) {
    this.#told = new FadingMap(PERIOD_MS, NOTICES_PER_PERIOD, now);
  }

  /** @param address its group. @returns whether this client gets a notice; then it counts as given. */
  take(address: string): boolean {
    if (this.#told.has(address) || this.#told.size >= NOTICES_PER_PERIOD) return false;
    this.#told.set(address, true);
    return true;
  }
}
