/**
 * Descriptors that a worker thread has got from the C library. When a thread dies, Node closes what was opened through
 * Node; these would stay open for as long as the process lives.
 */
import { isMainThread } from 'node:worker_threads';
import { closeDescriptor } from './descriptor.ts';

const open = new Set<number>();

// The end of the main thread is that of the process, which leaves nothing open.
if (!isMainThread) {
  process.once('exit', () => {
    for (const fd of open) closeDescriptor(fd);
  });
}

/**
 * Has the descriptor closed if this thread ends by process.exit() or an error that nobody catches. Not by
 * worker.terminate(): then nothing runs here any more.
 *
 * @param fd which nobody else closes. @returns it.
 */
export function ownedByThread(fd: number): number {
  open.add(fd);
  return fd;
}

/** close(2) for a descriptor that this thread owns. @throws as closeDescriptor does. */
export function closeOwned(fd: number): void {
  open.delete(fd);
  closeDescriptor(fd);
}
