import { PassiveListener } from './passive-listener.ts';
import { ANY_PORT, type PortLedger } from './port-ledger.ts';

/** A port is left alone for so long after some other program was found on it. */
const FOREIGN_PORT_MS = 3_000;

/** While so many are idle, one that nobody came to is closed at once (S7). */
const MOST_IDLE = 64;

/** Listeners that were not needed at any moment of such a period are closed at its end. */
const PERIOD_MS = 10_000;

/** `foreign`: another program has the port. `failed`: no port at all could be bound, as when descriptors run out. */
export type BindFailure = 'foreign' | 'failed';

/**
 * The bound ports of one local address.
 *
 * Listeners are kept: to bind one for each transfer costs more than the transfer of a small file. They are not kept for
 * ever: each is a descriptor, and a port of the range that another unit lacks.
 */
export class ListenerPool {
  readonly #localAddress: string;
  readonly #ledger: PortLedger;
  readonly #onStranger: () => void;
  readonly #listeners = new Map<number, PassiveListener>();
  readonly #binding = new Map<number, Promise<PassiveListener | BindFailure>>();
  /** Listeners on which nobody is expected; the longest idle one first. */
  readonly #idle = new Set<PassiveListener>();
  /** How many there were at the busiest moment of this period. */
  #leastIdle = 0;
  #periodTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param ledger is told which ports are bound. @param onStranger hears of every connection that was reset. */
  constructor(localAddress: string, ledger: PortLedger, onStranger: () => void) {
    this.#localAddress = localAddress;
    this.#ledger = ledger;
    this.#onStranger = onStranger;
  }

  get(port: number): PassiveListener | undefined {
    return this.#listeners.get(port);
  }

  /** @param port one attempt serves all who ask for the same port meanwhile; `ANY_PORT`: a new one for each. */
  bind(port: number): Promise<PassiveListener | BindFailure> {
    if (port === ANY_PORT) return this.#open(port);
    let attempt = this.#binding.get(port);
    if (attempt === undefined) {
      attempt = this.#open(port).finally(() => this.#binding.delete(port));
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
    if (this.#idle.has(listener) && this.#idle.size > MOST_IDLE) this.#close(listener);
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

  #beginPeriod(): NodeJS.Timeout {
    this.#leastIdle = this.#idle.size;
    return setTimeout(() => this.#endPeriod(), PERIOD_MS).unref();
  }

  /** Not by the age of each: as they are chosen at random, a little traffic would keep all of them young. */
  #endPeriod(): void {
    let surplus = this.#leastIdle;
    for (const listener of this.#idle) {
      if (surplus-- <= 0) break;
      this.#close(listener);
    }
    this.#periodTimer = this.#idle.size > 0 ? this.#beginPeriod() : undefined;
  }

  #close(listener: PassiveListener): void {
    listener.close();
    this.#idle.delete(listener);
    this.#leastIdle = Math.min(this.#leastIdle, this.#idle.size);
    this.#listeners.delete(listener.port);
    this.#ledger.unbound(listener.port);
  }
}
