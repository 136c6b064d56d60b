import type { MessagePort } from 'node:worker_threads';
import { BackOff } from './back-off.ts';
import type { RequestPool, ServiceSpec } from './service.ts';
import { Threads } from './threads.ts';

/** So many requests may wait for a thread, unless something else is said. */
const DEFAULT_QUEUE = 256;

export interface RequestThreadsOptions {
  readonly which: RequestPool['which'];
  /** 1…1024. */
  readonly threads: number;
  /** Requests that may wait for a thread. */
  readonly queue?: number;
  readonly onError?: (error: Error) => void;
}

/** What a thread is told when it starts. */
export interface RequestThreadData {
  readonly service: ServiceSpec;
  /** Shared memory: milliseconds that a thread has to wait before it begins. */
  readonly pauseMs: Int32Array;
}

/** There are too many requests already; the client may try again. */
export class PoolFullError extends Error {
  override readonly name = 'PoolFullError';
  readonly code = 'POOL_FULL';
}

export interface RequestThreads extends RequestPool {
  close(): Promise<void>;
}

/**
 * Starts threads that run requests of the service's clients.
 * @throws UnitFailedError when a thread cannot work, as when the service has no request worker; then none is left.
 */
export async function startRequestThreads(
  service: ServiceSpec,
  { which, threads: count, queue = DEFAULT_QUEUE, onError = () => {} }: RequestThreadsOptions,
): Promise<RequestThreads> {
  const pauseMs = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const backOff = new BackOff();
  let lastDeath = performance.now();
  const threads = await Threads.start({
    entry: 'request-entry',
    count,
    workerData: { service, pauseMs } satisfies RequestThreadData,
    onDeath: () => {
      const now = performance.now();
      Atomics.store(pauseMs, 0, backOff.pauseAfter(now - lastDeath));
      lastDeath = now;
    },
    onError,
  });
  return {
    which,
    async run(request: unknown, port: MessagePort): Promise<void> {
      if (threads.waiting >= queue) throw new PoolFullError();
      await threads.run({ request, port }, [port]);
    },
    close: () => threads.close(),
  };
}
