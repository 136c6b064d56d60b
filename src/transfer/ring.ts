/** Octets in the order in which they were put in, in memory that is used round and round. */
export class Ring {
  readonly #memory: Buffer;
  #head = 0;
  #filled = 0;

  constructor(memory: Buffer) {
    this.#memory = memory;
  }

  get filled(): number {
    return this.#filled;
  }

  get free(): number {
    return this.#memory.length - this.#filled;
  }

  /** Where the next octets go; empty when it is full. There may be more room behind it, at the beginning of the memory. */
  get room(): Buffer {
    const tail = this.#head + this.#filled;
    if (tail < this.#memory.length) return this.#memory.subarray(tail);
    return this.#memory.subarray(tail - this.#memory.length, this.#head);
  }

  /** The octets that have been there longest, as far as they lie in one piece; empty when there are none. */
  get content(): Buffer {
    return this.#memory.subarray(this.#head, Math.min(this.#head + this.#filled, this.#memory.length));
  }

  /** @param octets that stand at the beginning of `room` now. */
  added(octets: number): void {
    this.#filled += octets;
  }

  /** @returns what found no room. */
  add(chunk: Uint8Array): Uint8Array {
    let left = chunk;
    while (left.length > 0 && this.free > 0) {
      const { room } = this;
      const piece = left.subarray(0, room.length);
      room.set(piece);
      this.added(piece.length);
      left = left.subarray(piece.length);
    }
    return left;
  }

  /** @param octets at the beginning of `content` that nobody needs any more. */
  taken(octets: number): void {
    this.#head = (this.#head + octets) % this.#memory.length;
    this.#filled -= octets;
  }
}
