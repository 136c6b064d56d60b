/**
 * Who closes a descriptor that is handed to a thread: shared memory, since a message may still be on its way when the
 * thread has died, and the number of the descriptor may be another client's by then.
 */
import { closeDescriptor } from '../posix/descriptor.ts';

const OWNER = 0;
/** What the memory holds: the first of them who says so has the descriptor. */
const UNDECIDED = 0;
const TAKER = 1;
const GIVER = 2;

export type Claim = Int32Array;

/** Nobody has taken the descriptor yet. */
export function newClaim(): Claim {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}

/** @returns whether the descriptor is the caller's from now on. Its giver may have closed it: then it is not to be touched. */
export function take(claim: Claim): boolean {
  return claimedBy(TAKER, claim);
}

/** To be called by the giver when the thread has ended, or is about to: then it might still come to taking it. */
export function closeUnlessTaken(fd: number, claim: Claim): void {
  if (claimedBy(GIVER, claim)) closeDescriptor(fd);
}

function claimedBy(owner: number, claim: Claim): boolean {
  return Atomics.compareExchange(claim, OWNER, UNDECIDED, owner) === UNDECIDED;
}
