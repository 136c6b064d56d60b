import { PassiveListener } from './passive-listener.ts';
import { ANY_PORT, type PortLedger } from './port-ledger.ts';
import type { SharedRange } from './shared-range.ts';

/** A port is left alone for so long after some other program was found on it. */
const FOREIGN_PORT_MS = 3_000;

/** While a foreign port is left alone, a request for others must not go on for long: it could be free again. */
const WANT_BESIDES_FOREIGN_MS = 1_000;

/** While so many are idle, one that nobody came to is closed at once (S7). */
const MOST_IDLE = 64;

/** Listeners that were not needed at any moment of such a period are closed at its end. */
const PERIOD_MS = 10_000;

/**
 * `foreign`: another program has the port. `others-have-all`: other units, or programs, have all ports of the range.
 * `failed`: no port at all could be bound, as when descriptors run out.
 */
export type BindFailure = 'foreign' | 'others-have-all' | 'failed';

export interface ListenerPoolOptions {
  readonly localAddress: string;
  /** Is told which ports may be chosen. */
  readonly ledger: PortLedger;
  /** Where the ports come from; undefined: from the ledger, or the system. */
  readonly shared: SharedRange | undefined;
  /** Hears of every connection that was reset. */
  readonly onStranger: () => void;
  /** Called when those who wait should look again: a port came, or none came in time. */
  readonly onMore: () => void;
}

/**
 * The bound ports of one local address.
 *
 * Listeners are kept: to bind one for each transfer costs more than the transfer of a small file. They are not kept for
 * ever: each is a descriptor, and a port of the range that another unit lacks.
 *
 * In a shared range, a listener stays until nobody can come any more who was told of its port: the unit that has the
 * port next knows nothing of them. So the port is this unit's for as long as there is a listener, or a client for it.
 */
export class ListenerPool {
  readonly #localAddress: string;
  readonly #ledger: PortLedger;
  readonly #shared: SharedRange | undefined;
  readonly #onStranger: () => void;
  readonly #onMore: () => void;
  readonly #listeners = new Map<number, PassiveListener>();
  readonly #binding = new Map<number, Promise<PassiveListener | BindFailure>>();
  /** Listeners on which nobody is expected; the longest idle one first. */
  readonly #idle = new Set<PassiveListener>();
  /** How many there were at the busiest moment of this period. */
  #leastIdle = 0;
  #periodTimer: NodeJS.Timeout | undefined;
  #wanting = false;
  /** Takes no more clients, for the sake of another unit. */
  #leaving: PassiveListener | undefined;
  #closed = false;

  constructor({ localAddress, ledger, shared, onStranger, onMore }: ListenerPoolOptions) {
    this.#localAddress = localAddress;
    this.#ledger = ledger;
    this.#shared = shared;
    this.#onStranger = onStranger;
    this.#onMore = onMore;
  }

  get(port: number): PassiveListener | undefined {
    return this.#listeners.get(port);
  }

  /**
   * @param port one attempt serves all who ask for the same port meanwhile; `ANY_PORT`: a new one for each. Of a shared
   *   range, one attempt serves all: they are clients of different addresses, who need no port of their own.
   */
  bind(port: number): Promise<PassiveListener | BindFailure> {
    if (this.#wanting) return Promise.resolve('others-have-all');
    if (port === ANY_PORT && !this.#shared) return this.#open(port);
    let attempt = this.#binding.get(port);
    if (attempt === undefined) {
      const opening = this.#shared ? this.#openShared(this.#shared, 0) : this.#open(port);
      attempt = opening.finally(() => this.#binding.delete(port));
      this.#binding.set(port, attempt);
    }
    return attempt;
  }

  /** To be called whenever a client is expected or has come. */
  usageChanged(listener: PassiveListener): void {
    this.#idle.delete(listener);
    this.#leastIdle = Math.min(this.#leastIdle, this.#idle.size);
    if (!listener.idle || this.#closed) return;
    this.#idle.add(listener);
    this.#periodTimer ??= this.#beginPeriod();
  }

  /** To be called when nobody came to a listener, or may come: it rests anyhow, and could as well be closed. */
  releasedUnused(listener: PassiveListener): void {
    this.usageChanged(listener);
    if (!this.#shared && this.#idle.has(listener) && this.#idle.size > MOST_IDLE) this.#close(listener);
  }

  /** To be called when a client was given its connection, or cannot come any more. */
  given(port: number): void {
    if (!this.#shared) return;
    const listener = this.#listeners.get(port);
    if (listener) this.#settle(listener, this.#shared);
    else if (!this.#ledger.taken(port)) this.#giveBack(port, this.#shared);
  }

  /** Waits for a port of the shared range, once for all who need one, and tells `onMore`. */
  want(waitMs: number): void {
    if (!this.#shared || this.#wanting) return;
    const shared = this.#shared;
    this.#wanting = true;
    const anyForeign = this.#ledger.foreignPorts(Date.now()).length > 0;
    void this.#openShared(shared, anyForeign ? WANT_BESIDES_FOREIGN_MS : waitMs).then((listener) => {
      this.#wanting = false;
      this.#onMore();
      if (!(listener instanceof PassiveListener)) return;
      // When those who waited have chosen it. They may also have gone, or found another one.
      setImmediate(() => {
        this.usageChanged(listener);
        this.#settle(listener, shared);
      });
    });
  }

  /** Another unit is in want of a port. */
  spare(): void {
    if (!this.#shared) return;
    this.#shared.wanted = true;
    for (const listener of [...this.#idle, ...this.#listeners.values()]) {
      if (this.#shared.wanted) this.#settle(listener, this.#shared);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#periodTimer);
    for (const listener of this.#listeners.values()) this.#close(listener);
  }

  async #open(port: number): Promise<PassiveListener | BindFailure> {
    try {
      const listener = await PassiveListener.open(this.#localAddress, port, this.#onStranger);
      this.#listeners.set(listener.port, listener);
      this.#ledger.bound(listener.port);
      if (!this.#closed) return listener;
      this.#close(listener);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (port !== ANY_PORT && (code === 'EADDRINUSE' || code === 'EACCES')) {
        this.#ledger.foreign(port, Date.now() + FOREIGN_PORT_MS);
        return 'foreign';
      }
    }
    return 'failed';
  }

  async #openShared(shared: SharedRange, waitMs: number): Promise<PassiveListener | BindFailure> {
    let port: number | undefined;
    try {
      port = await shared.acquire(this.#ledger.foreignPorts(Date.now()), waitMs);
    } catch {
      return 'failed';
    }
    if (port === undefined) return 'others-have-all';
    const listener = await this.#open(port);
    if (!(listener instanceof PassiveListener)) this.#giveBack(port, shared);
    return listener;
  }

  #beginPeriod(): NodeJS.Timeout {
    this.#leastIdle = this.#idle.size;
    return setTimeout(() => this.#endPeriod(), PERIOD_MS).unref();
  }

  /** Not by the age of each: as they are chosen at random, a little traffic would keep all of them young. */
  #endPeriod(): void {
    let surplus = this.#leastIdle;
    for (const listener of this.#idle) {
      if (surplus-- <= 0) break;
      if (!this.#shared || !this.#ledger.taken(listener.port)) this.#close(listener);
    }
    this.#periodTimer = this.#idle.size > 0 ? this.#beginPeriod() : undefined;
  }

  #close(listener: PassiveListener): void {
    listener.close();
    this.#idle.delete(listener);
    this.#leastIdle = Math.min(this.#leastIdle, this.#idle.size);
    this.#listeners.delete(listener.port);
    this.#ledger.unbound(listener.port);
    if (this.#shared && !this.#ledger.taken(listener.port)) this.#giveBack(listener.port, this.#shared);
  }

  /** Closes the listener if it can be spared, and should; or sees to it that it can be spared some time. */
  #settle(listener: PassiveListener, shared: SharedRange): void {
    const free = this.#idle.has(listener) && !this.#ledger.taken(listener.port);
    if (free && (shared.wanted || this.#idle.size > MOST_IDLE)) {
      this.#close(listener);
    } else if (!free && shared.wanted && !this.#leaving) {
      // With clients of many addresses, there might never be a moment when nobody is expected.
      this.#leaving = listener;
      this.#ledger.unbound(listener.port);
    }
  }

  #giveBack(port: number, shared: SharedRange): void {
    shared.giveBack(port);
    const staying = this.#leaving;
    this.#leaving = undefined;
    if (staying === undefined || this.#listeners.get(staying.port) !== staying) return;
    this.#ledger.bound(staying.port);
    this.#onMore();
  }
}
