import type { Socket } from 'node:net';
import { restartStallTimer } from './stall-timer.ts';

/** A limit to how fast octets move: those of one transfer, or those of many that share it. */
export interface RateLimit {
  /**
   * Waits for the caller's turn.
   * @param octets wanted, 1 or more.
   * @param signal takes the wish back. Who cannot hear of that (in another process) lets it go on, and nobody waits for it.
   * @returns how many of them may be moved now, 1 or more.
   */
  take(octets: number, signal: AbortSignal): Promise<number>;
}

/** Taken at once at most, so that turns are worth the same to all who share a limit, whatever the size of their chunks. */
const PIECE_BYTES = 64 * 1024;

/** What limits a transfer. */
export interface Throttle {
  readonly limits: readonly RateLimit[];
  /** The transfer's: while it is held back, its timeout begins anew with each turn. The client is not to blame. */
  readonly socket: Pick<Socket, 'timeout' | 'setTimeout'>;
  readonly signal: AbortSignal;
}

/**
 * The same octets, in pieces, and no faster than each of the limits allows; `source` itself where there are none. Nothing
 * more is asked of `source` before its last chunk has been passed on: who uploads is slowed down by TCP itself.
 * @throws (the iteration) the reason of `signal` when that aborts; whatever `source` throws.
 */
export function throttled(source: AsyncIterable<Uint8Array>, throttle: Throttle): AsyncIterable<Uint8Array> {
  return throttle.limits.length === 0 ? source : heldBack(source, throttle);
}

async function* heldBack(source: AsyncIterable<Uint8Array>, throttle: Throttle): AsyncGenerator<Uint8Array, void> {
  const allowances = throttle.limits.map((limit) => ({ limit, octets: 0 }));
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; ) {
      const wanted = Math.min(chunk.length - at, PIECE_BYTES);
      for (const allowance of allowances) {
        if (allowance.octets === 0) allowance.octets = await turn(allowance.limit, wanted, throttle);
      }
      // What one limit allows beyond another is moved with the next piece: by the end of the chunk all of it is used up.
      const octets = Math.min(wanted, ...allowances.map((allowance) => allowance.octets));
      for (const allowance of allowances) allowance.octets -= octets;
      yield chunk.subarray(at, at + octets);
      at += octets;
    }
  }
}

/** What `limit` allows, or a rejection as soon as the signal aborts. */
async function turn(limit: RateLimit, octets: number, { socket, signal }: Throttle): Promise<number> {
  const allowed = await unlessAborted(limit.take(octets, signal), signal);
  restartStallTimer(socket);
  return allowed;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    void promise.finally(() => signal.removeEventListener('abort', stop)).then(resolve, reject);
  });
}
