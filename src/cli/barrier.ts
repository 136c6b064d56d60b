/**
 * Lets nobody go on before all have come, and has something done in between, once (pthread_barrier_wait(3p)). What is
 * waited for may fail, or never come: then it breaks, for all.
 */
export class Barrier {
  #missing: number;
  readonly #work: () => void | Promise<void>;
  readonly #passed: Promise<void>;
  #pass!: (work: void | Promise<void>) => void;
  #break!: (error: unknown) => void;

  /** @param parties how many have to come, 1 or more. */
  constructor(parties: number, work: () => void | Promise<void>) {
    this.#missing = parties;
    this.#work = work;
    this.#passed = new Promise((resolve, reject) => {
      this.#pass = resolve;
      this.#break = reject;
    });
    // Perhaps nobody has come yet to hear of it.
    this.#passed.catch(() => {});
  }

  /** Fulfilled when all have come and the work is done. @throws what the work throws, or the error that it broke with. */
  arrive(): Promise<void> {
    this.#missing -= 1;
    if (this.#missing === 0) this.#pass(Promise.resolve().then(this.#work));
    return this.#passed;
  }

  /** Turns away all who have come and who will, unless they have passed already. */
  break(error: unknown): void {
    this.#missing = Number.NaN;
    this.#break(error);
  }
}
