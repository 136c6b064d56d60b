import type { Socket } from 'node:net';
import type { Seat } from './board.ts';
import { FullHouse } from './full-house.ts';
import type { ParentDuties, Refused } from './messages.ts';
import type { Endpoint, Refusal, Service } from './service.ts';
import { turnAway, type WordsOfRefusal } from './turn-away.ts';

/** A client as it comes in. */
export interface Arrival {
  /** Nothing has been read from it yet. */
  readonly stream: Socket;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** See ControlConnection. */
  readonly entrance: number;
  /** Of its seat, when it has got one already. */
  readonly id?: string;
}

type SeatDuties = 'arrive' | 'logIn' | 'logOut' | 'loginFailed' | 'leave';

/** Who keeps the scoreboard: here, or at the other end of a line. */
export type Registry = {
  readonly [Name in SeatDuties]: (
    ...args: Parameters<ParentDuties[Name]>
  ) => ReturnType<ParentDuties[Name]> | Promise<ReturnType<ParentDuties[Name]>>;
};

export interface ReceptionOptions {
  readonly service: Service;
  readonly registry: Registry;
  /** What those hear who are not let in. */
  readonly words: WordsOfRefusal;
  /** What ids of seats begin with; no other unit has the same. */
  readonly unit: number;
}

/**
 * Where the clients of a unit come in and leave: gets each a seat on the scoreboard, has it served, gives the seat back.
 */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #guests = new Map<string, Guest>();
  /** Of clients that are here, or about to be let in. */
  #present = 0;
  #arrivals = 0;
  readonly #fullHouse = new FullHouse();
  #lastLeft: (() => void) | undefined;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** Fulfilled when the client has left. Never rejects. */
  welcome(arrival: Arrival): Promise<void> {
    const { registry } = this.#options;
    this.#present += 1;
    if (arrival.id !== undefined) return this.#serve(arrival, arrival.id);
    const id = this.#nextId();
    const decision = registry.arrive({ id, address: arrival.remote.address });
    // Without a wait where none is needed: each suspended function would be memory for as long as the client is there.
    if (decision instanceof Promise) {
      return decision.then(
        (refused) => this.#decide(arrival, id, refused),
        () => this.#lost(arrival),
      );
    }
    return this.#decide(arrival, id, decision);
  }

  /** To be awaited before the next client is accepted: after one was refused for want of room, there is a pause. */
  mayAccept(): Promise<void> | undefined {
    return this.#fullHouse.mayAccept();
  }

  /** Fulfilled when nobody is here. */
  async empty(): Promise<void> {
    if (this.#present === 0) return;
    await new Promise<void>((resolve) => {
      this.#lastLeft = resolve;
    });
  }

  drain(): void {
    this.#options.service.drain();
  }

  /** Closes every connection at once. */
  end(): void {
    for (const { stream } of this.#guests.values()) stream.destroy();
  }

  activities(): Record<string, string> {
    const known = [...this.#guests.values()].filter(({ activity }) => activity !== undefined);
    return Object.fromEntries(known.map((guest) => [guest.id, guest.activity!()]));
  }

  /** @returns false when there is no such client here. */
  kick(id: string): boolean {
    const guest = this.#guests.get(id);
    if (guest?.kick) guest.kick();
    else guest?.stream.destroy();
    return guest !== undefined;
  }

  #nextId(): string {
    this.#arrivals += 1;
    return `${this.#options.unit.toString(36)}-${this.#arrivals.toString(36)}`;
  }

  #decide(arrival: Arrival, id: string, refused: Refused | undefined): Promise<void> {
    if (refused === undefined) return this.#serve(arrival, id);
    this.#fullHouse.heard(refused);
    turnAway(arrival, refused, this.#options.words);
    this.#left();
    return Promise.resolve();
  }

  #serve({ stream, local, remote, entrance }: Arrival, id: string): Promise<void> {
    const { service, registry } = this.#options;
    if (hasLeft(stream)) {
      stream.destroy();
      void registry.leave(id);
      this.#left();
      return Promise.resolve();
    }
    const guest = new Guest(id, stream, registry);
    this.#guests.set(id, guest);
    return service.serve({ stream, local, remote, entrance, seat: guest }).finally(() => {
      stream.destroy();
      this.#guests.delete(id);
      void registry.leave(id);
      this.#left();
    });
  }

  /** The scoreboard cannot be asked: its process has gone, and this one is about to go. */
  #lost({ stream }: Arrival): void {
    stream.destroy();
    this.#left();
  }

  #left(): void {
    this.#present -= 1;
    if (this.#present === 0) this.#lastLeft?.();
  }
}

/**
 * Whether the client gave up while the scoreboard was asked. Nobody listened when its connection ended, and that is told no
 * second time: whoever served it would wait for a word of it until the timeout.
 */
function hasLeft(stream: Socket): boolean {
  return stream.destroyed || stream.readableEnded;
}

/** One client, and its seat. */
class Guest implements Seat {
  readonly id: string;
  readonly stream: Socket;
  readonly #registry: Registry;
  activity?: () => string;
  kick?: () => void;

  constructor(id: string, stream: Socket, registry: Registry) {
    this.id = id;
    this.stream = stream;
    this.#registry = registry;
  }

  async logIn(user: string): Promise<Refusal | undefined> {
    return this.#registry.logIn(this.id, user);
  }

  logOut(): void {
    void this.#registry.logOut(this.id);
  }

  async loginFailed(user: string): Promise<number> {
    return this.#registry.loginFailed(this.id, user);
  }
}
