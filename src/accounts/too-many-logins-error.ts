/**
 * Thrown by an Authenticator that has so much to do that it does not look at further credentials. It says nothing about
 * them; the client is sent away to try again later.
 */
export class TooManyLoginsError extends Error {
  override readonly name = 'TooManyLoginsError';

  constructor(message = 'too many logins at the moment') {
    super(message);
  }
}
