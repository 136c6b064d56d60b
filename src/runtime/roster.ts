import { setTimeout as delay } from 'node:timers/promises';
import type { Board, Limits, Place, Presence } from './board.ts';
import { FullHouse } from './full-house.ts';
import type { Arriving, ParentDuties, Refused, UnitDuties } from './messages.ts';
import { SharedRates } from './rates.ts';
import { Scoreboard } from './scoreboard.ts';
import { SharedPorts } from './shared-ports.ts';

/** A unit that is blocked does not answer; who() does not wait for it longer than this. */
const ANSWER_MS = 500;

/** How a unit is reached from here. */
export interface Contact {
  activities(): ReturnType<UnitDuties['activities']> | Promise<ReturnType<UnitDuties['activities']>>;
  kick(id: string): void;
  portWanted(address: string): void;
}

/** What the roster does for a unit. */
export type RosterDuties = Pick<
  ParentDuties,
  | 'arrive'
  | 'logIn'
  | 'logOut'
  | 'loginFailed'
  | 'leave'
  | 'who'
  | 'kick'
  | 'acquirePort'
  | 'giveBackPort'
  | 'takeOfRate'
>;

/**
 * All units of a server and all clients in them. There is one, in the parent; that is why its numbers are exact, whatever
 * the architecture.
 */
export class Roster implements Board {
  readonly scoreboard: Scoreboard;
  readonly #fullHouse = new FullHouse();
  readonly #ports = new SharedPorts<number>();
  readonly #rates = new SharedRates();
  readonly #contacts = new Map<number, Contact>();
  #lastUnit = 0;

  constructor(limits: Limits = {}) {
    this.scoreboard = new Scoreboard(limits);
  }

  /** A number for the next unit. */
  nextUnit(): number {
    this.#lastUnit += 1;
    return this.#lastUnit;
  }

  /** @returns what the unit may ask for, until it has ended. */
  enlist(unit: number, place: Place, contact: Contact): RosterDuties {
    this.#contacts.set(unit, contact);
    this.scoreboard.unitStarted(unit, place);
    this.#ports.onWanted(unit, (address) => contact.portWanted(address));
    return {
      arrive: (client) => this.arrive(unit, client),
      logIn: (id, user) => this.scoreboard.logIn(id, user),
      logOut: (id) => this.scoreboard.logOut(id),
      loginFailed: (id, user) => this.scoreboard.loginFailed(id, user),
      leave: (id) => this.scoreboard.leave(id),
      who: () => this.who(),
      kick: (id) => this.#kick(id),
      acquirePort: (range, wish) => this.#ports.acquire(unit, range, wish),
      giveBackPort: (port, address) => this.#ports.giveBack(unit, port, address),
      takeOfRate: (name, perSecond, wanted) => this.#rates.take(name, perSecond, wanted),
    };
  }

  /** Takes a client in that the unit serves, or is about to. @returns why that may not be. */
  arrive(unit: number, client: Arriving): Refused | undefined {
    const decision = this.scoreboard.arrive(unit, client);
    this.#fullHouse.heard(decision);
    return decision;
  }

  /** To be awaited by a parent before it accepts the next client for its units. */
  mayAccept(): Promise<void> | undefined {
    return this.#fullHouse.mayAccept();
  }

  /** Everything that the unit held is free again. */
  strike(unit: number): void {
    this.#contacts.delete(unit);
    this.scoreboard.unitEnded(unit);
    this.#ports.unitEnded(unit);
  }

  async who(): Promise<readonly Presence[]> {
    const rows = this.scoreboard.rows();
    const units = new Set(rows.map(({ id }) => this.scoreboard.unitOf(id)));
    const answers = await Promise.all([...units].map((unit) => this.#activitiesOf(unit)));
    const activities = Object.assign({}, ...answers) as Record<string, string>;
    return rows.map((row) => {
      const activity = activities[row.id];
      return activity === undefined ? row : { ...row, activity };
    });
  }

  async kick(id: string): Promise<boolean> {
    return this.#kick(id);
  }

  #kick(id: string): boolean {
    const unit = this.scoreboard.unitOf(id);
    const contact = unit === undefined ? undefined : this.#contacts.get(unit);
    contact?.kick(id);
    return contact !== undefined;
  }

  async #activitiesOf(unit: number | undefined): Promise<Readonly<Record<string, string>>> {
    const contact = unit === undefined ? undefined : this.#contacts.get(unit);
    if (!contact) return {};
    const waiting = new AbortController();
    const silence = delay(ANSWER_MS, {}, { signal: waiting.signal, ref: false }).catch(() => ({}));
    try {
      return await Promise.race([contact.activities(), silence]);
    } catch {
      return {};
    } finally {
      waiting.abort();
    }
  }
}
