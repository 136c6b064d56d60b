import type { Authenticator } from './authenticator.ts';

/**
 * Asks several authenticators one after the other; the first that accepts the credentials decides.
 *
 * All of them are asked about a name that none knows, so their costs add up: at most one of them should hash passwords
 * (PasswordAuthenticator takes several directories for that reason).
 */
export function firstOf(authenticators: readonly Authenticator[]): Authenticator {
  return {
    async authenticate(credentials, client) {
      for (const authenticator of authenticators) {
        const account = await authenticator.authenticate(credentials, client);
        if (account) return account;
      }
      return undefined;
    },

    async authenticateByCertificate(user, certificate, client) {
      for (const authenticator of authenticators) {
        const account = await authenticator.authenticateByCertificate?.(user, certificate, client);
        if (account) return account;
      }
      return undefined;
    },
  };
}
