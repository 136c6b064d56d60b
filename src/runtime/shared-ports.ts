import { randomInt } from 'node:crypto';
import type { PortWish } from './port-exchange.ts';

type PortRange = readonly [first: number, last: number];

/**
 * Clients that were told a port of a unit that has ended may be on their way to it, and would pass for those of the next
 * unit that has it. Longer than the second after which a lost SYN is sent again (RFC 6298 section 2).
 */
const REST_AFTER_END_MS = 1_500;

/**
 * The parent's books on the ports that its units share: which unit has which, and who waits for one. It binds nothing;
 * the units' side is a `PortExchange`.
 *
 * Whoever waits longest gets the next port that is given back. The parent cannot know which ports are idle, so all units
 * that have any are asked to spare one; what is given back too many is free to everybody.
 */
export class SharedPorts<Unit> {
  readonly #restAfterEndMs: number;
  /** Of the units that have not ended. */
  readonly #onWanted = new Map<Unit, (address: string) => void>();
  readonly #byAddress = new Map<string, PortsOfAddress<Unit>>();

  /** @param options.restAfterEndMs how long ports of a unit that has ended are given to nobody. */
  constructor({ restAfterEndMs = REST_AFTER_END_MS }: { readonly restAfterEndMs?: number } = {}) {
    this.#restAfterEndMs = restAfterEndMs;
  }

  /**
   * To be called before a unit asks for the first port.
   * @param unit whatever tells it from all others, also from those that ended before.
   * @param ask is called when another unit waits for a port on `address`, and not again before this one gave one
   *   back.
   */
  onWanted(unit: Unit, ask: (address: string) => void): void {
    this.#onWanted.set(unit, ask);
  }

  /** Ends the unit's requests, and gives its ports to others after a rest. */
  unitEnded(unit: Unit): void {
    if (!this.#onWanted.delete(unit)) return;
    for (const ports of this.#byAddress.values()) ports.unitEnded(unit, this.#restAfterEndMs);
  }

  /**
   * @param range first and last port.
   * @returns a port that now belongs to the unit; undefined when none became free in time, or the unit has ended.
   */
  async acquire(unit: Unit, range: PortRange, { address, except, waitMs }: PortWish): Promise<number | undefined> {
    // Its last messages may come after its end.
    if (!this.#onWanted.has(unit)) return undefined;
    let ports = this.#byAddress.get(address);
    if (ports === undefined) {
      ports = new PortsOfAddress((wantedOf) => this.#onWanted.get(wantedOf)?.(address));
      this.#byAddress.set(address, ports);
    }
    return ports.acquire(unit, range, new Set(except), waitMs);
  }

  /** Does nothing when the port is not the unit's. */
  giveBack(unit: Unit, port: number, address: string): void {
    this.#byAddress.get(address)?.giveBack(unit, port);
  }
}

interface Request<Unit> {
  readonly unit: Unit;
  admits(port: number): boolean;
  settle(port: number | undefined): void;
}

class PortsOfAddress<Unit> {
  readonly #ask: (unit: Unit) => void;
  readonly #held = new Map<Unit, Set<number>>();
  /** Held, or at rest. */
  readonly #inUse = new Set<number>();
  /** Who waits longest is first. */
  readonly #waiting = new Set<Request<Unit>>();
  /** Units that were asked for a port and have given none back since. */
  readonly #asked = new Set<Unit>();

  constructor(ask: (unit: Unit) => void) {
    this.#ask = ask;
  }

  acquire(unit: Unit, range: PortRange, except: ReadonlySet<number>, waitMs: number): Promise<number | undefined> {
    const free = this.#randomFree(range, except);
    if (free !== undefined) this.#give(unit, free);
    if (free !== undefined || waitMs <= 0) return Promise.resolve(free);
    return new Promise((resolve) => {
      const request: Request<Unit> = {
        unit,
        admits: (port) => port >= range[0] && port <= range[1] && !except.has(port),
        settle: (port) => {
          clearTimeout(timer);
          this.#waiting.delete(request);
          resolve(port);
        },
      };
      const timer = setTimeout(() => request.settle(undefined), waitMs).unref();
      this.#waiting.add(request);
      this.#askForMore();
    });
  }

  giveBack(unit: Unit, port: number): void {
    const held = this.#held.get(unit);
    if (!held?.delete(port)) return;
    if (held.size === 0) this.#held.delete(unit);
    this.#asked.delete(unit);
    this.#free(port);
  }

  unitEnded(unit: Unit, restMs: number): void {
    for (const request of [...this.#waiting]) if (request.unit === unit) request.settle(undefined);
    this.#asked.delete(unit);
    const held = this.#held.get(unit) ?? [];
    this.#held.delete(unit);
    for (const port of held) setTimeout(() => this.#free(port), restMs).unref();
  }

  #free(port: number): void {
    this.#inUse.delete(port);
    for (const request of this.#waiting) {
      if (!request.admits(port)) continue;
      this.#give(request.unit, port);
      request.settle(port);
      break;
    }
    this.#askForMore();
  }

  #give(unit: Unit, port: number): void {
    this.#inUse.add(port);
    const held = this.#held.get(unit);
    if (held) held.add(port);
    else this.#held.set(unit, new Set([port]));
  }

  /** Not of those who wait alone: they give themselves what becomes idle. */
  #askForMore(): void {
    for (const unit of [...this.#held.keys()]) {
      if (this.#asked.has(unit) || !this.#held.has(unit) || !this.#othersWait(unit)) continue;
      this.#asked.add(unit);
      this.#ask(unit);
    }
  }

  #othersWait(unit: Unit): boolean {
    for (const request of this.#waiting) if (request.unit !== unit) return true;
    return false;
  }

  /** Nobody shall guess it (RFC 2577 section 8): the search begins at random. */
  #randomFree([first, last]: PortRange, except: ReadonlySet<number>): number | undefined {
    const count = last - first + 1;
    const start = randomInt(count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (!this.#inUse.has(port) && !except.has(port)) return port;
    }
    return undefined;
  }
}
