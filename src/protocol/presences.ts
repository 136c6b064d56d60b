/** Who is connected, over all processes and threads of the server, and who may be. Asked by the ids of sessions. */
export interface Presences {
  /**
   * Takes the session for `user` from now on.
   * @returns why that may not be: there are too many sessions of that user, or its address is banned.
   */
  logIn(session: string, user: string): Promise<LoginRefusal | undefined>;
  logOut(session: string): void;
  /** A password was wrong. @returns how many were lately, for this user or from this address, whichever is more. */
  loginFailed(session: string, user: string): Promise<number>;
  /** In the order of arrival. */
  who(): Promise<readonly Presence[]>;
  /** Ends a session. @returns false when there is none with this id. */
  kick(session: string): Promise<boolean>;
}

export type LoginRefusal = 'banned' | 'too-many' | 'too-many-of-address' | 'too-many-of-user';

export interface Presence {
  readonly id: string;
  readonly address: string;
  readonly user?: string;
  readonly place: { readonly process: number; readonly thread?: number };
  /** What it does, in words; absent when its process or thread did not answer. */
  readonly activity?: string;
}
