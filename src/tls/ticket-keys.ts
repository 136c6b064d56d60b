import { randomBytes } from 'node:crypto';

/** RFC 5077 section 4: the name of the key, the key of the authentication and that of the encryption, 16 octets each. */
const OCTETS = 48;

/**
 * What the session tickets of one FTP session are sealed with, and of no other one. Who comes with such a ticket to a data
 * connection has got it over the control connection of that session: with TLS 1.2 as with TLS 1.3, in whatever process or
 * thread the connection is served.
 */
export type TicketKeys = Uint8Array;

export function newTicketKeys(): TicketKeys {
  return randomBytes(OCTETS);
}
