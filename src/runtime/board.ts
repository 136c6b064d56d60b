import type { Refusal } from './service.ts';

/** A client's place on the scoreboard, from where its service tells what becomes of it. Given back by the runtime. */
export interface Seat {
  /** Of the client's session: unique among all units of a server. */
  readonly id: string;
  /** Takes the client for `user` from now on. @returns why it may not. */
  logIn(user: string): Promise<Refusal | undefined>;
  logOut(): void;
  /**
   * A password was wrong.
   * @returns how many were wrong lately, for this user or from this address, whichever is more; this one included. Those
   *   who make it too many are banned.
   */
  loginFailed(user: string): Promise<number>;
  /** What the client does at this moment, in words, for who(). Set by the service. */
  activity?: () => string;
  /** Ends the client's session, with a goodbye. Set by the service; without it, the connection is closed. */
  kick?: () => void;
}

/** Everybody who is served at the moment, in all units. */
export interface Board {
  who(): Promise<readonly Presence[]>;
  /** @param id of a seat. @returns false when there is no such client. */
  kick(id: string): Promise<boolean>;
}

/** Where a client is served. */
export interface Place {
  /** Process id. */
  readonly process: number;
  /** Thread id, in threads other than the main one. */
  readonly thread?: number;
}

export interface Presence {
  readonly id: string;
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly user?: string;
  readonly place: Place;
  /** In words; absent when the unit has not answered in time. */
  readonly activity?: string;
}

export interface Limits {
  /** Clients in all. */
  readonly connections?: number;
  readonly perAddress?: number;
  readonly perUser?: number;
  readonly bans?: BanPolicy;
}

export interface BanPolicy {
  /** Wrong passwords from one address within `withinMs` that get it banned, 1 or more. */
  readonly failures: number;
  readonly withinMs: number;
  /** The first ban; each further one is twice as long, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
}
