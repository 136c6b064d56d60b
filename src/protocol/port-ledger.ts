/** First and last port, 1…65535. */
export type PortRange = readonly [first: number, last: number];

/** Stands for whatever port the system gives, or the units' exchange. */
export const ANY_PORT = 0;

/** So many ports are bound before any is used a second time: with one alone, everybody would know the next (S5). */
const MOST_WANTED = 16;

/** What one client address may keep others of that address from having; without a range, each is a descriptor (S7). */
const MOST_TAKEN = 1_000;

const NOTHING_TAKEN: ReadonlySet<number> = new Set();

/**
 * Which passive port may be given to whom, on one local address.
 *
 * The connections of two sessions at one client address cannot be told apart, so a port is *taken* by an address from
 * its lease until nobody of that address can come any more. To all other addresses it is free, which is also why no
 * address can starve another one. Taken belongs to the number and outlives the listener, that may be closed meanwhile.
 */
export class PortLedger {
  readonly #range: PortRange | undefined;
  readonly #shared: boolean;
  readonly #wanted: number;
  /** A list for the sake of the random choice; `#placeOf` finds a port in it. */
  readonly #bound: number[] = [];
  readonly #placeOf = new Map<number, number>();
  readonly #takenBy = new Map<string, Set<number>>();
  /** How many addresses have taken a port. */
  readonly #takers = new Map<number, number>();
  /** Ports that another program has, and until when they are left alone. */
  readonly #foreignUntil = new Map<number, number>();

  /** @param options.shared it is not this ledger that chooses which ports of the range are bound. */
  constructor(range?: PortRange, { shared = false }: { readonly shared?: boolean } = {}) {
    this.#range = range;
    this.#shared = shared;
    // Other units draw on the same range, and one that binds too much of it leaves them none.
    this.#wanted = range ? Math.min(MOST_WANTED, Math.ceil((range[1] - range[0] + 1) / 10)) : MOST_WANTED;
  }

  /**
   * A port for `client` that nobody can guess (S5): bound ones first, once there are enough to choose from.
   * @param client canonical address. @param now milliseconds since the epoch.
   * @param mayBind false: bound ports only.
   * @returns a bound port, or one to be bound (`ANY_PORT`: by the choice of others); `undefined` when all are taken.
   */
  choose(client: string, now: number, mayBind = true): number | undefined {
    const taken = this.#takenBy.get(client) ?? NOTHING_TAKEN;
    if (taken.size >= MOST_TAKEN) return undefined;
    const bound = this.#randomBound(taken);
    if (!mayBind || (bound !== undefined && this.#bound.length >= this.#wanted)) return bound;
    return this.#randomUnbound(taken, now) ?? bound;
  }

  /** @returns false if `client` has it already. */
  take(client: string, port: number): boolean {
    let taken = this.#takenBy.get(client);
    if (taken === undefined) {
      taken = new Set();
      this.#takenBy.set(client, taken);
    }
    if (taken.has(port)) return false;
    taken.add(port);
    this.#takers.set(port, (this.#takers.get(port) ?? 0) + 1);
    return true;
  }

  giveBack(client: string, port: number): void {
    const taken = this.#takenBy.get(client);
    if (!taken?.delete(port)) return;
    if (taken.size === 0) this.#takenBy.delete(client);
    const takers = (this.#takers.get(port) ?? 0) - 1;
    if (takers > 0) this.#takers.set(port, takers);
    else this.#takers.delete(port);
  }

  /** @returns whether anybody may still come who was told of the port. */
  taken(port: number): boolean {
    return this.#takers.has(port);
  }

  /** From now on the port may be chosen without being bound first. */
  bound(port: number): void {
    this.#foreignUntil.delete(port);
    this.#placeOf.set(port, this.#bound.push(port) - 1);
  }

  unbound(port: number): void {
    const place = this.#placeOf.get(port);
    const last = this.#bound.at(-1);
    if (place === undefined || last === undefined) return;
    this.#bound[place] = last;
    this.#placeOf.set(last, place);
    this.#bound.pop();
    this.#placeOf.delete(port);
  }

  /** @param until milliseconds since the epoch. */
  foreign(port: number, until: number): void {
    this.#foreignUntil.set(port, until);
  }

  /** Ports to be left alone. @param now milliseconds since the epoch. */
  foreignPorts(now: number): number[] {
    for (const [port, until] of this.#foreignUntil) if (until <= now) this.#foreignUntil.delete(port);
    return [...this.#foreignUntil.keys()];
  }

  #randomBound(taken: ReadonlySet<number>): number | undefined {
    for (const place of fromRandomPlace(this.#bound.length)) {
      const port = this.#bound[place]!;
      if (!taken.has(port)) return port;
    }
    return undefined;
  }

  #randomUnbound(taken: ReadonlySet<number>, now: number): number | undefined {
    if (this.#range === undefined) return ANY_PORT;
    const [first, last] = this.#range;
    const count = last - first + 1;
    if (this.#bound.length >= count) return undefined;
    if (this.#shared) return ANY_PORT;
    for (const place of fromRandomPlace(count)) {
      const port = first + place;
      const foreign = (this.#foreignUntil.get(port) ?? 0) > now;
      if (!foreign && !this.#placeOf.has(port) && !taken.has(port)) return port;
    }
    return undefined;
  }
}

/** Every place 0…count-1 once. It ends early in practice: most of the ports are free to most of the clients. */
function* fromRandomPlace(count: number): Generator<number> {
  if (count === 0) return;
  // Not imported: a unit that greets its first client has no time to load it.
  const start = process.getBuiltinModule('node:crypto').randomInt(count);
  for (let i = 0; i < count; i++) yield (start + i) % count;
}
