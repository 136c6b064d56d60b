import type { Account } from './account.ts';

/** What a client gave with USER and PASS. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Who asks, as far as the server knows. */
export interface LoginClient {
  readonly address: string;
  /** What the client named with HOST (RFC 7151), if it did. */
  readonly host?: string;
}

/** Decides who may log in. */
export interface Authenticator {
  /**
   * @returns the account, or undefined when these credentials are not accepted. Takes as long for an unknown user as for
   *   a wrong password, so that users cannot be told from strangers by the clock.
   */
  authenticate(credentials: Credentials, client: LoginClient): Promise<Account | undefined>;
}
