/**
 * Who closes a descriptor that is handed to a thread: shared memory, since a message may still be on its way when the
 * thread has died, and the number of the descriptor may be another client's by then.
 */
import { closeDescriptor } from '../posix/descriptor.ts';

const THE_ONE = 0;

export type Claim = Int32Array;

/** Nobody has taken the descriptor: it is its giver's. */
export function newClaim(): Claim {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** The descriptor is the caller's from now on. */
export function take(claim: Claim): void {
  Atomics.store(claim, THE_ONE, 1);
}

/** To be called by the giver when the thread has ended. */
export function closeUnlessTaken(fd: number, claim: Claim): void {
  if (Atomics.load(claim, THE_ONE) === 0) closeDescriptor(fd);
}
