import type { Socket } from 'node:net';
import type { Arrival } from './reception.ts';
import type { Endpoint } from './service.ts';

/** Clients that a server of Node's has accepted, in the order in which they came, until somebody takes them. */
export class Arrivals {
  readonly #waiting: { readonly stream: Socket; readonly entrance: number }[] = [];
  readonly #local: readonly (Endpoint | undefined)[];
  #wake: () => void = ignore;
  #closed = false;

  /** @param listening the addresses of the listening sockets: those of all who come, unless one stands for all addresses. */
  constructor(listening: readonly Endpoint[] = []) {
    this.#local = listening.map((endpoint) => (ALL_ADDRESSES.has(endpoint.address) ? undefined : endpoint));
  }

  /** @param entrance index of the listening socket. */
  add(stream: Socket, entrance: number): void {
    // A client that resets while it waits for its turn must not bring the process down.
    stream.on('error', ignore);
    this.#waiting.push({ stream, entrance });
    this.#wake();
  }

  /** The next one that is still there; undefined when nobody waits. */
  take(): Arrival | undefined {
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { stream, entrance } = next;
      if (!hasLeft(stream)) return arrivalOf(stream, entrance, this.#local[entrance]);
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
    for (const { stream } of this.#waiting.splice(0)) stream.destroy();
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

const ALL_ADDRESSES: ReadonlySet<string> = new Set(['0.0.0.0', '::', '::ffff:0.0.0.0', '::ffff:0:0']);

/** @param stream connected, so that both of its ends are known. @param local its own end, where that need not be asked. */
function arrivalOf(stream: Socket, entrance: number, local: Endpoint | undefined): Arrival {
  return {
    stream,
    local: local ?? { address: stream.localAddress ?? '', port: stream.localPort ?? 0 },
    remote: { address: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 },
    entrance,
  };
}

function ignore(): void {}
