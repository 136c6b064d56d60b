/** Parts of dates and times for those who write many: the entries of a listing share a few days, and every time its digits. */

export const DAY_MS = 86_400_000;
/** More than the days of ten years. A listing that has more of them writes some twice. */
const KEPT_DAYS = 4_096;

/** What is written of a day, once for each day. */
export class DayTexts {
  readonly #write: (date: Date) => string;
  readonly #texts = new Map<number, string>();

  /** @param write gets midnight, UTC. */
  constructor(write: (date: Date) => string) {
    this.#write = write;
  }

  /** @param ms milliseconds since the epoch, as far as a Date can hold. */
  of(ms: number): string {
    const day = Math.floor(ms / DAY_MS);
    let text = this.#texts.get(day);
    if (text === undefined) {
      if (this.#texts.size === KEPT_DAYS) this.#texts.clear();
      text = this.#write(new Date(day * DAY_MS));
      this.#texts.set(day, text);
    }
    return text;
  }
}

const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/** @param value a whole number, 0…99. */
export function twoDigits(value: number): string {
  return TWO_DIGITS[value]!;
}

/** @returns seconds since midnight UTC, whole. */
export function secondOfDay(ms: number): number {
  return Math.floor((ms - Math.floor(ms / DAY_MS) * DAY_MS) / 1000);
}
