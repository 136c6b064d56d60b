import type { Socket } from 'node:net';
import type { Arrival } from './reception.ts';

/** Clients that a server of Node's has accepted, in the order in which they came, until somebody takes them. */
export class Arrivals {
  readonly #waiting: Socket[] = [];
  #wake: () => void = ignore;
  #closed = false;

  add(stream: Socket): void {
    // A client that resets while it waits for its turn must not bring the process down.
    stream.on('error', ignore);
    this.#waiting.push(stream);
    this.#wake();
  }

  /** The next one that is still there; undefined when nobody waits. */
  take(): Arrival | undefined {
    for (let stream = this.#waiting.shift(); stream; stream = this.#waiting.shift()) {
      if (!hasLeft(stream)) return arrivalOf(stream);
      stream.destroy();
    }
    return undefined;
  }

  /** Fulfilled when somebody waits, when it is woken up, or closed. */
  somebody(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#waiting.length > 0 || this.#closed) resolve();
    });
  }

  wake(): void {
    this.#wake();
  }

  /** Drops those whom nobody has taken. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#waiting.splice(0)) stream.destroy();
    this.#wake();
  }
}

/**
 * Whether the client gave up while it waited for its turn. Its `end` has been emitted to nobody then and comes no second
 * time: whoever served it would wait for a login until the timeout, and so would all that come after it.
 */
function hasLeft(stream: Socket): boolean {
  return stream.remoteAddress === undefined || stream.readableEnded;
}

/** @param stream connected, so that both of its ends are known. */
function arrivalOf(stream: Socket): Arrival {
  return {
    stream,
    local: { address: stream.localAddress ?? '', port: stream.localPort ?? 0 },
    remote: { address: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 },
  };
}

function ignore(): void {}
