import { setTimeout as delay } from 'node:timers/promises';

/** The longest that a timer of Node can be told; 25 days. */
const FOREVER_MS = 2 ** 31 - 1;

/** Waits, or until the signal: both are an end that was wished for. @param seconds may be Infinity. */
export async function wait(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(Math.min(seconds * 1e3, FOREVER_MS), undefined, { signal }).catch(() => {});
}

/** Waiting for a moment, more exactly than a timer of Node does if the driver can. */
export interface Clock {
  /** Calls once at a moment of performance.now(), or a little later. One call at a time waits; another replaces it. */
  at(moment: number, call: () => void): void;
}

/** Of Node: in milliseconds, and those that are left of less than one are waited out in the loop. */
export class NodeClock implements Clock {
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  at(moment: number, call: () => void): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    const left = moment - performance.now();
    if (left > 2) this.#timer = setTimeout(() => this.at(moment, call), left - 2);
    else if (left > 0) this.#immediate = setImmediate(() => this.at(moment, call));
    else call();
  }
}
