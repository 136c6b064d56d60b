import type { Refused } from './messages.ts';

/** How long the next client waits in the kernel's queue after one was refused because there are too many in all. */
const PAUSE_MS = 1_000;

/** Keeps a server that is full from accepting clients in masses only to close their connections. */
export class FullHouse {
  #pause: Promise<void> | undefined;

  /** To be told what was decided on each client. */
  heard(decision: Refused | undefined): void {
    if (decision?.refusal !== 'too-many') return;
    this.#pause ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#pause = undefined;
        resolve();
      }, PAUSE_MS).unref();
    });
  }

  /** To be awaited before the next client is accepted. */
  mayAccept(): Promise<void> | undefined {
    return this.#pause;
  }
}
