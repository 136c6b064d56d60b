import type { MessagePort } from 'node:worker_threads';

/** Threads that run commands, so that the event loop that keeps the control connections does not. */
export interface RequestPool {
  /** Every command, or only those that would keep the event loop busy for long: see Row.heavy. */
  readonly which: 'all' | 'heavy';
  /**
   * Gives a request to a thread, which passes it to serveRequest.
   * @param request plain data. @param port the thread's line to this side; given away.
   * @returns when the request is done.
   * @throws Error when the thread is gone, never while it may still go on with the request; with the code POOL_FULL when
   *   there are too many requests, and this one was not taken.
   */
  run(request: unknown, port: MessagePort): Promise<void>;
}

/** `code` of the error of a pool that has too much to do. */
export const POOL_FULL = 'POOL_FULL';
