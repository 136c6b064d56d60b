/** How large the buffer of an upload is, by how many are under way: many are to share what a few can have. */
const SIZES = [
  { upTo: 16, octets: 1024 * 1024 },
  { upTo: 64, octets: 256 * 1024 },
  { upTo: Number.POSITIVE_INFINITY, octets: 64 * 1024 },
] as const;

/** Kept of each size while nobody uses them: memory that the kernel has given once need not be asked for, and cleared, again. */
const KEPT = 4;

/** A buffer for the time of one transfer. */
export interface LentBuffer extends Disposable {
  readonly octets: Buffer;
}

/** The buffers of running transfers, used by one after the other. */
export class BufferPool {
  readonly #free = SIZES.map((): Buffer[] => []);
  #lent = 0;

  /** @returns a buffer with whatever is in it, until it is disposed of. */
  lend(): LentBuffer {
    this.#lent++;
    const size = SIZES.findIndex(({ upTo }) => this.#lent <= upTo);
    const free = this.#free[size]!;
    const octets = free.pop() ?? Buffer.allocUnsafeSlow(SIZES[size]!.octets);
    return {
      octets,
      [Symbol.dispose]: () => {
        this.#lent--;
        if (free.length < KEPT) free.push(octets);
      },
    };
  }
}

/** Those of this thread. */
export const buffers = new BufferPool();

/** One half to be filled while the other one is emptied. */
export function halvesOf(buffer: Buffer): [Buffer, Buffer] {
  const middle = buffer.length / 2;
  return [buffer.subarray(0, middle), buffer.subarray(middle)];
}
