import type { Account } from './account.ts';

/** What a client gave with USER and PASS. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What a client has shown in the TLS handshake, by an authority that the server trusts. */
export interface ClientCertificate {
  /** The subject's common name (CN). */
  readonly name: string;
  /** SHA-256 of the certificate, in hexadecimal octets with colons. */
  readonly fingerprint: string;
}

/** Who asks, as far as the server knows. */
export interface LoginClient {
  readonly address: string;
  /** What the client named with HOST (RFC 7151), if it did. */
  readonly host?: string;
  /**
   * Aborted when the client has left: nobody waits for the answer any more, and whatever has not begun need not be done. The
   * promise may then be rejected with the signal's reason.
   */
  readonly signal?: AbortSignal;
}

/** Decides who may log in. */
export interface Authenticator {
  /**
   * @returns the account, or undefined when these credentials are not accepted. Takes as long for an unknown user as for
   *   a wrong password, so that users cannot be told from strangers by the clock.
   * @throws TooManyLoginsError without a look at the credentials, when there are too many to be checked already: 421.
   */
  authenticate(credentials: Credentials, client: LoginClient): Promise<Account | undefined>;
  /**
   * Absent: a certificate replaces no password.
   * @returns the account of `user`, if the certificate is proof enough that the client may use it; else it is asked for a password.
   */
  authenticateByCertificate?(
    user: string,
    certificate: ClientCertificate,
    client: LoginClient,
  ): Promise<Account | undefined>;
}
