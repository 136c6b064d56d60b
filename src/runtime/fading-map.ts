interface Entry<V> {
  readonly value: V;
  readonly setAtMs: number;
}

/** A map whose size strangers cannot drive up: it drops what was set long ago, and the oldest when it is full. */
export class FadingMap<V> {
  /** In the order in which they were last set, so that the oldest is the first. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #keepMs: number;
  readonly #capacity: number;
  readonly #now: () => number;

  /**
   * @param keepMs how long after it was last set an entry is there; reading does not keep it longer.
   * @param capacity entries at most, 1 or more.
   * @param now in milliseconds.
   */
  constructor(keepMs: number, capacity: number, now: () => number) {
    this.#keepMs = keepMs;
    this.#capacity = capacity;
    this.#now = now;
  }

  get size(): number {
    this.#dropFaded();
    return this.#entries.size;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): V | undefined {
    this.#dropFaded();
    return this.#entries.get(key)?.value;
  }

  set(key: string, value: V): void {
    this.#dropFaded();
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) this.#entries.delete(this.#oldest()![0]);
    this.#entries.set(key, { value, setAtMs: this.#now() });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  #dropFaded(): void {
    for (let oldest = this.#oldest(); oldest !== undefined; oldest = this.#oldest()) {
      const [key, { setAtMs }] = oldest;
      if (this.#now() - setAtMs < this.#keepMs) return;
      this.#entries.delete(key);
    }
  }

  #oldest(): [string, Entry<V>] | undefined {
    return this.#entries.entries().next().value;
  }
}
