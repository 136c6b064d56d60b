import { addressGroup } from './address-group.ts';
import type { Limits, Place, Presence } from './board.ts';
import { LoginFailures } from './login-failures.ts';
import type { Arriving, Refused } from './messages.ts';
import { RefusalNotices } from './refusal-notices.ts';
import type { Refusal } from './service.ts';
import { Tally } from './tally.ts';

/** A process or thread that serves clients. Never used again for another one. */
export type UnitId = number;

interface Unit {
  place: Place;
  /** Ids of those whom it serves. */
  readonly clients: Set<string>;
}

interface Client {
  readonly address: string;
  /** What limits and bans count it by. */
  readonly group: string;
  readonly sinceMs: number;
  readonly unit: UnitId;
  user?: string;
}

/**
 * Who is served, by which unit, and who may not be. A server has one, in its parent, whom all units ask: so its limits and
 * bans are exact however many units there are, and what a unit held is released when it dies. Knows no messages, no
 * sockets and no timers; what it remembers of those who have left is bounded.
 */
export class Scoreboard {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #units = new Map<UnitId, Unit>();
  /** In order of arrival. */
  readonly #clients = new Map<string, Client>();
  readonly #ofAddress = new Tally();
  readonly #ofUser = new Tally();
  readonly #failures: LoginFailures;
  readonly #notices: RefusalNotices;
  #served = 0;

  /**
   * @param limits what is absent is not limited.
   * @param now milliseconds since the epoch.
   */
  constructor(limits: Limits = {}, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
    this.#failures = new LoginFailures(limits.bans, now);
    this.#notices = new RefusalNotices(now);
  }

  /** Comes before the first client of the unit. May come again, when its place is known better: it keeps its clients. */
  unitStarted(id: UnitId, place: Place): void {
    const unit = this.#units.get(id);
    if (unit === undefined) this.#units.set(id, { place, clients: new Set() });
    else unit.place = place;
  }

  /**
   * Releases all that the unit held; what it sent before and arrives only now changes nothing any more.
   * @returns the ids of the clients that it served, in order of arrival.
   */
  unitEnded(id: UnitId): readonly string[] {
    const clients = [...(this.#units.get(id)?.clients ?? [])];
    for (const client of clients) this.leave(client);
    this.#units.delete(id);
    return clients;
  }

  /**
   * Takes a client in.
   * @param client.id of its seat: unique among all units.
   * @param client.address as its socket tells it.
   * @returns why it may not be served; nothing is kept of it then. Clients of a unit that has ended are refused as well.
   * @throws Error when a client of this id is there: its caller has lost count.
   */
  arrive(unitId: UnitId, { id, address }: Arriving): Refused | undefined {
    if (this.#clients.has(id)) throw new Error(`client ${id} has arrived before`);
    const unit = this.#units.get(unitId);
    // Its process is gone, and the connection with it: whoever is taken in now would never leave.
    if (unit === undefined) return { refusal: 'too-many', tell: false };
    const group = addressGroup(address);
    const refusal = this.#whyNot(group);
    if (refusal !== undefined) return { refusal, tell: this.#notices.take(group) };
    this.#clients.set(id, { address, group, sinceMs: this.#now(), unit: unitId });
    unit.clients.add(id);
    this.#ofAddress.add(group);
    return undefined;
  }

  /**
   * Takes a client for `user` from now on, in place of whom it was taken for before. To log in from a banned address is
   * refused as well: else whoever has opened many connections before the ban would guess on, on all of them.
   * @returns why it may not; it stays who it was then. A client that has left is neither counted nor refused.
   */
  logIn(id: string, user: string): Refusal | undefined {
    const client = this.#clients.get(id);
    if (client === undefined) return undefined;
    if (this.#failures.isBanned(client.group)) return 'banned';
    const others = this.#ofUser.of(user) - (client.user === user ? 1 : 0);
    if (others >= (this.#limits.perUser ?? Number.POSITIVE_INFINITY)) return 'too-many-of-user';
    this.logOut(id);
    client.user = user;
    this.#ofUser.add(user);
    this.#failures.forgive(user);
    return undefined;
  }

  /** Ids that are not there, and clients that have not logged in, are let be. */
  logOut(id: string): void {
    const client = this.#clients.get(id);
    if (client?.user === undefined) return;
    this.#ofUser.remove(client.user);
    delete client.user;
  }

  /**
   * A password was wrong. This may get the client's address banned; clients that are there are left to their services.
   * @param id of a client; of one that has left, only its user's failures are counted.
   * @returns the recent failures of the user or of the address, whichever are more; this one included.
   */
  loginFailed(id: string, user: string): number {
    return this.#failures.record(user, this.#clients.get(id)?.group);
  }

  /** May come more than once; ids that are not there are let be. */
  leave(id: string): void {
    const client = this.#clients.get(id);
    if (client === undefined) return;
    this.logOut(id);
    this.#clients.delete(id);
    this.#units.get(client.unit)?.clients.delete(id);
    this.#ofAddress.remove(client.group);
    this.#served += 1;
  }

  /** @returns which unit serves the client; undefined when it is not there. */
  unitOf(id: string): UnitId | undefined {
    return this.#clients.get(id)?.unit;
  }

  /** Everybody who is served, in order of arrival. What they do at the moment only their units know. */
  rows(): Presence[] {
    return Array.from(this.#clients, ([id, { address, sinceMs, unit, user }]) => ({
      id,
      address,
      sinceMs,
      ...(user !== undefined && { user }),
      place: this.#units.get(unit)!.place,
    }));
  }

  get connected(): number {
    return this.#clients.size;
  }

  /** Clients that were taken in and have left. */
  get served(): number {
    return this.#served;
  }

  /** Whether there are as many clients as there may be in all: time to stop accepting. */
  get full(): boolean {
    return this.connected >= (this.#limits.connections ?? Number.POSITIVE_INFINITY);
  }

  #whyNot(group: string): Refusal | undefined {
    if (this.#failures.isBanned(group)) return 'banned';
    if (this.full) return 'too-many';
    const { perAddress = Number.POSITIVE_INFINITY } = this.#limits;
    return this.#ofAddress.of(group) >= perAddress ? 'too-many-of-address' : undefined;
  }
}
