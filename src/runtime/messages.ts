/**
 * All that a unit (a child process or a thread) and its parent say to each other.
 */
import type { Presence } from './board.ts';
import type { Claim } from './claim.ts';
import type { Confinement } from './confinement.ts';
import type { PortWish } from './port-exchange.ts';
import type { Endpoint, JsonValue, Refusal, ServiceSpec } from './service.ts';

/** What a unit is told first: how to become one. */
export interface StartOrder {
  /** Number of the unit, unique in its server. */
  readonly unit: number;
  readonly service: ServiceSpec;
  /** The sockets on which the unit accepts for itself, and the file of the architecture that says how. */
  readonly listening?: { readonly fds: readonly number[]; readonly chapter: string };
  /** The one client that the unit was started for. */
  readonly client?: HandedClient;
  /** Clients will be handed over, one after the other, until the unit is stopped. */
  readonly standing?: true;
  /** The files that a process is to confine itself to, before it does anything else. */
  readonly confinement?: Confinement;
}

/** A client that the parent has accepted. */
export interface HandedClient {
  /** Of its seat, when the parent has entered it on the scoreboard. */
  readonly id?: string;
  readonly fd: number;
  /** To a thread: by which it takes the descriptor. A process has got its own. */
  readonly claim?: Claim;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly entrance: number;
}

/** Said by the parent, done by the unit. */
export interface UnitDuties {
  start(order: StartOrder): void;
  /** Service.reconfigure. */
  reconfigure(options: JsonValue): void;
  /** Accept no more, say goodbye to the idle, let the busy finish; end when nobody is left. */
  drain(): void;
  /** Drop everybody, and end. */
  end(): void;
  /** What its clients do, by the ids of their seats. */
  activities(): Readonly<Record<string, string>>;
  kick(id: string): void;
  /** Another unit is in want of a port at a local address. */
  portWanted(address: string): void;
}

/** Said by a unit, done by the parent. */
export interface ParentDuties {
  /** A client would be served from now on. */
  ready(): void;
  /** The unit cannot work, and ends. */
  failed(reason: string): void;
  /** Something that no client sees went wrong; the unit goes on. */
  trouble(reason: string): void;

  arrive(client: Arriving): Refused | undefined;
  logIn(id: string, user: string): Refusal | undefined;
  logOut(id: string): void;
  loginFailed(id: string, user: string): number;
  leave(id: string): void;

  who(): Promise<readonly Presence[]>;
  kick(id: string): boolean;

  acquirePort(range: readonly [number, number], options: PortWish): Promise<number | undefined>;
  giveBackPort(port: number, address: string): void;

  takeOfRate(name: string, perSecond: number, wanted: number): Promise<number>;

  /** Text of a file that the unit may not open. */
  readFile(path: string): Promise<string>;
}

export interface Arriving {
  readonly id: string;
  readonly address: string;
}

export interface Refused {
  readonly refusal: Refusal;
  /** Whether the client is told why; those that come in masses are not. */
  readonly tell: boolean;
}
