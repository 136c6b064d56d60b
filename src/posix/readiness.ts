/** Waiting for a listening socket in the event loop, without accepting from it. */
import { Socket } from 'node:net';
import { duplicate } from './descriptor.ts';
import { getSocketOption } from './socket-options.ts';

/**
 * Waits until accept(2) would not have to: somebody wants to be accepted, a client that is there already included, or the
 * socket does not listen (any more), which accept(2) then tells. The event loop itself watches the socket (epoll(7),
 * kqueue(2)), with no thread of the pool and no processor time; meanwhile it keeps the process alive.
 *
 * Node has nothing to watch a descriptor with. But it reads from a `net.Socket`, and the read(2) of a listening socket fails
 * with ENOTCONN, and not before a client comes. So one is made for each wait, on a duplicate, which it closes; nothing is
 * shut down. It costs some 60 µs, and nothing where callers accept first and wait when there was nobody. koffi's own watcher
 * (`koffi.node.poll`) would cost a third, but it is not documented, and it aborts the process when an event comes while
 * its worker thread is being terminated.
 *
 * Many may wait for one socket, in this thread, in others and in other processes: all wake up for one client, one of them
 * gets it (acceptConnection), and the others wait again.
 *
 * @param listeningFd the caller's. If it is closed in mid-wait, the duplicate goes on listening: abort first, then close.
 * @param signal ends the wait as well.
 * @returns fulfilled in all these cases; the duplicate is closed by then.
 * @throws PosixError (as a rejection) EBADF, ENOTSOCK, EMFILE; PosixUnavailableError where the C library cannot be called.
 */
export async function whenReadable(listeningFd: number, signal?: AbortSignal): Promise<void> {
  // What is not listening would have its data read here, and lost.
  if (getSocketOption(listeningFd, 'SO_ACCEPTCONN') === 0 || signal?.aborted) return;
  const watcher = new Socket({ fd: duplicate(listeningFd), readable: true, writable: false });
  // ENOTCONN is the answer that is waited for; whatever else it may be, accept(2) tells it as well.
  watcher.on('error', ignore);
  const stop = () => watcher.destroy();
  signal?.addEventListener('abort', stop);
  // Flowing, so that an end of the stream is noticed too: some kernels give that for a listening socket that was shut down.
  await new Promise<void>((resolve) => watcher.once('close', () => resolve()).resume());
  signal?.removeEventListener('abort', stop);
}

function ignore(): void {}
