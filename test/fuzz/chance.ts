/** Dice that fall the same way again for the same seed (mulberry32). */
export class Chance {
  #state: number;

  /** @param seed 0…2^32 - 1. */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number, 0…below - 1. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** Any octets, 0…most of them. */
  octets(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)));
  }

  /** Some of the pieces, one after the other; a text of any octets now and then. */
  text(pieces: readonly string[], most: number): string {
    const count = this.below(most + 1);
    return Array.from({ length: count }, () =>
      this.oneIn(6) ? this.octets(6).toString('latin1') : this.of(pieces),
    ).join('');
  }
}
