import type { RunningTransfer } from './session.ts';

/** The memory in which octets are counted by one thread while another one looks. */
export function newTransferCounter(): BigInt64Array {
  return new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT));
}

/** A transfer whose octets are counted in shared memory. A clone of it, as of any plain data, has the number of its time. */
export function sharedTransfer(transfer: Omit<RunningTransfer, 'moved'>, counter: BigInt64Array): RunningTransfer {
  return {
    ...transfer,
    get moved() {
      return Number(Atomics.load(counter, 0));
    },
    set moved(octets: number) {
      Atomics.store(counter, 0, BigInt(octets));
    },
  };
}
