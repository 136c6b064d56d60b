import type { AcceptedClient } from './kernel-listener.ts';
import type { JsonValue } from './service.ts';

/** Those who serve the clients that a parent has accepted. */
export interface Staff {
  /** Has a client served, and takes over its descriptor. Fulfilled when the client has left. Never rejects. */
  serve(client: AcceptedClient): Promise<void>;
  /** Clients that nobody else can take from the parent: served in a unit of their own, or waiting for one. */
  readonly waiting: number;
  /** Fulfilled as soon as `waiting` has become less. */
  vacancy(): Promise<void>;
  /** See RunningServer.reconfigure. */
  reconfigure(options: JsonValue): void;
  drain(): void;
  endClients(): void;
  kill(): void;
  /** Fulfilled when nobody is served any more, and every unit has ended that ends by itself. */
  finished(): Promise<void>;
  /** Ends what is there all the time. */
  dispose?(): Promise<void>;
}

/** For those who wait until somebody has left. */
export class Departures {
  #waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  happened(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
