import type { Socket } from 'node:net';
import { reset } from '../transfer/reset.ts';
import type { Interruption } from './interruption.ts';
import { type BindFailure, ListenerPool } from './listener-pool.ts';
import { PassiveListener } from './passive-listener.ts';
import { ANY_PORT, PortLedger, type PortRange } from './port-ledger.ts';
import { ReplyError } from './reply.ts';
import { type PortExchange, SharedRange } from './shared-range.ts';

/** How long a client whose command waits for a port is kept waiting, before 425. */
const WAIT_FOR_PORT_MS = 5_000;

/** Another program may give up a port of the range, and does not tell: those who wait look again after this. */
const LOOK_AGAIN_MS = 1_000;

/**
 * A port that was announced in vain is not given to the same client address before this: the connection may be under
 * way, or in the listener's queue, and would pass for the one of the next lease. Longer than the second after which a
 * lost SYN is sent again (RFC 6298 section 2), and well below `WAIT_FOR_PORT_MS`, so that to wait for it is enough.
 */
const REST_MS = 1_500;

/** A port that waits for one client. */
export interface PassiveLease {
  readonly port: number;
  /** The client's connection, unread; pending until it comes. Never rejects. */
  readonly connection: Promise<Socket>;
  /** The same, when it has come already. */
  readonly arrived: Socket | undefined;
  /** Gives the port back, and drops a connection that came but was not taken. May be called again. */
  release(): void;
}

/**
 * The leases on one local address.
 *
 * As soon as its connection came, a port is free to the client's address again: a client makes one connection to each
 * port that it is told. If none came, the port rests first. Whoever finds no port waits, and gets 425 rather than a port
 * that has not rested: it is better to refuse a transfer than to store what somebody else sent.
 */
export class PassiveLeases {
  readonly #ledger: PortLedger;
  readonly #listeners: ListenerPool;
  /** By client address: to others, a port that is given back was free before. Whoever waits longest is first. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  #closed = false;

  /** @param onStranger hears of every connection that was reset because nobody waited for its address. */
  constructor(
    localAddress: string,
    { range, exchange }: { readonly range?: PortRange; readonly exchange?: PortExchange },
    onStranger: () => void,
  ) {
    // Without a range, the system gives no port to two units.
    const shared = range && exchange && new SharedRange(exchange, localAddress, range);
    const ledger = new PortLedger(range, { shared: shared !== undefined });
    this.#ledger = ledger;
    this.#listeners = new ListenerPool({ localAddress, ledger, shared, onStranger, onMore: () => this.#wakeAll() });
  }

  /**
   * @param client canonical address. @param interruption ends the wait; a port that needs no wait is given all the same.
   * @throws ReplyError 425 when no port becomes free to it in time.
   */
  async lease(client: string, interruption?: Interruption): Promise<PassiveLease> {
    const queued = this.#waiting.has(client);
    return (queued ? undefined : this.#takeBound(client)) ?? (await this.#waitFor(client, interruption));
  }

  async #waitFor(client: string, interruption: Interruption | undefined): Promise<PassiveLease> {
    const deadline = Date.now() + WAIT_FOR_PORT_MS;
    const queue = this.#waiting.get(client) ?? new Set();
    this.#waiting.set(client, queue);
    const waiter: Waiter = { wake: ignore };
    queue.add(waiter);
    try {
      for (;;) {
        const lease = first(queue) === waiter ? await this.#take(client) : undefined;
        if (lease) return lease;
        const leftMs = deadline - Date.now();
        if (leftMs <= 0 || this.#closed || interruption?.aborted) throw ALL_IN_USE;
        await woken(waiter, Math.min(leftMs, LOOK_AGAIN_MS), interruption);
      }
    } finally {
      queue.delete(waiter);
      if (queue.size === 0) this.#waiting.delete(client);
      else first(queue)?.wake();
    }
  }

  /** Another unit is in want of a port. */
  spare(): void {
    this.#listeners.spare();
  }

  /** Closes all listeners, and answers those who wait. */
  close(): void {
    this.#closed = true;
    this.#listeners.close();
    for (const queue of this.#waiting.values()) for (const { wake } of [...queue]) wake();
  }

  /** The usual case: a port that is bound already, and nothing to wait for. */
  #takeBound(client: string): PassiveLease | undefined {
    if (this.#closed) return undefined;
    const port = this.#ledger.choose(client, Date.now());
    const listener = port === undefined ? undefined : this.#listeners.get(port);
    if (!listener) return undefined;
    this.#ledger.take(client, listener.port);
    return this.#expect(client, listener);
  }

  async #take(client: string): Promise<PassiveLease | undefined> {
    let failure: BindFailure | undefined;
    while (!this.#closed) {
      const port = this.#ledger.choose(client, Date.now(), failure === undefined || failure === 'foreign');
      if (port === undefined) {
        if (failure === 'others-have-all') this.#listeners.want(WAIT_FOR_PORT_MS);
        return undefined;
      }
      // Before it is bound: another session of this address must not choose it meanwhile.
      if (port !== ANY_PORT) this.#ledger.take(client, port);
      const listener = this.#listeners.get(port) ?? (await this.#listeners.bind(port));
      if (listener instanceof PassiveListener) {
        if (port !== ANY_PORT || this.#ledger.take(client, listener.port)) return this.#expect(client, listener);
        // The system chose a port that rests: its first listener was closed. The new one is for others.
        this.#listeners.releasedUnused(listener);
      } else {
        this.#ledger.giveBack(client, port);
        failure = listener;
      }
    }
    return undefined;
  }

  #expect(client: string, listener: PassiveListener): PassiveLease {
    const { port } = listener;
    const { promise: connection, resolve } = promiseWithResolver<Socket>();
    let arrived: Socket | undefined;
    const accept = (socket: Socket) => {
      arrived = socket;
      this.#listeners.usageChanged(listener);
      this.#giveBack(client, port);
      resolve(socket);
    };
    const release = () => {
      // A clean end would pass for an empty file (wire rule W6).
      if (arrived) reset(arrived);
      if (!listener.stopExpecting(client, accept)) return;
      this.#listeners.releasedUnused(listener);
      // Not in the timer itself: where the process stood still for longer than the rest (a suspended machine), the late
      // connection is still in the listener's queue, and is looked at between the timers and this.
      setTimeout(() => setImmediate(() => this.#giveBack(client, port)), REST_MS).unref();
    };
    listener.expect(client, accept);
    this.#listeners.usageChanged(listener);
    return {
      port,
      connection,
      get arrived() {
        return arrived;
      },
      release,
    };
  }

  #giveBack(client: string, port: number): void {
    this.#ledger.giveBack(client, port);
    this.#listeners.given(port);
    first(this.#waiting.get(client))?.wake();
  }

  #wakeAll(): void {
    for (const queue of [...this.#waiting.values()]) first(queue)?.wake();
  }
}

const ALL_IN_USE = new ReplyError(425, 'All passive ports are in use; try again later.');

/** A lease that waits for a port. It keeps its place in the queue however often it looks in vain. */
interface Waiter {
  wake: () => void;
}

/** Fulfilled when it is time to look again: a port was given back, `withinMs` have passed, or the wait is ended. */
function woken(waiter: Waiter, withinMs: number, interruption: Interruption | undefined): Promise<void> {
  return new Promise((resolve) => {
    let deaf = ignore;
    const wake = () => {
      clearTimeout(timer);
      deaf();
      waiter.wake = ignore;
      resolve();
    };
    const timer = setTimeout(wake, withinMs);
    waiter.wake = wake;
    if (interruption) deaf = interruption.onAbort(wake);
  });
}

function first<T>(items: Iterable<T> | undefined): T | undefined {
  const [item] = items ?? [];
  return item;
}

function ignore(): void {}

function promiseWithResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
