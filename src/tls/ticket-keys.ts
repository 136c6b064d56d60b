import { randomFillSync } from 'node:crypto';
import type { SecureContext } from 'node:tls';

/** RFC 5077 section 4: the name of the key, the key of the authentication and that of the encryption. */
const PART_OCTETS = 16;

/**
 * What the session tickets of one FTP session are sealed with, and of no other one. Who comes with such a ticket to a data
 * connection has got it over the control connection of that session: with TLS 1.2 as with TLS 1.3, in whatever process or
 * thread the connection is served.
 */
export type TicketKeys = Uint8Array;

export function newTicketKeys(): TicketKeys {
  // With memory of its own: it is cloned for other threads, and nothing beside it may go along.
  const keys = Buffer.allocUnsafeSlow(3 * PART_OCTETS);
  const random = randomOctets(keys.length);
  keys.set(random);
  random.fill(0);
  return keys;
}

/** A call for random octets takes ten times as long as to encrypt a ticket. */
const STOCK_OCTETS = 4096;
const stock = Buffer.alloc(STOCK_OCTETS);
let used = STOCK_OCTETS;

/** From a stock of random octets, each of which is given out once. They may be others after the next call. */
function randomOctets(octets: number): Buffer {
  if (used + octets > STOCK_OCTETS) {
    randomFillSync(stock);
    used = 0;
  }
  used += octets;
  return stock.subarray(used - octets, used);
}

/** SSL_CTX_set_tlsext_ticket_key_cb(3), as Node has it for its own tests, in all versions since 0.12. */
interface TicketContext {
  enableTicketKeyCallback(): void;
  onticketkeycallback(name: Buffer, iv: Buffer, sealing: boolean): TicketKeyAnswer;
}

type TicketKeyAnswer = [
  status: typeof UNKNOWN | typeof SEALED | typeof OPENED_AND_RENEWED,
  hmacKey: Uint8Array,
  aesKey: Uint8Array,
  name?: Uint8Array,
  iv?: Uint8Array,
];

const UNKNOWN = 0;
const SEALED = 1;
const OPENED_AND_RENEWED = 2;

/**
 * Has the tickets of a context sealed with the keys that `current` returns. Server.setTicketKeys() would do that, too, but
 * give no new ticket to who comes with one. With TLS 1.3, curl takes each ticket for one connection only (RFC 8446 section
 * C.4), and would be without for the next file.
 */
export function sealTickets(context: SecureContext, current: () => TicketKeys): void {
  const sealed = context.context as TicketContext;
  sealed.enableTicketKeyCallback();
  sealed.onticketkeycallback = (name, _iv, sealing) => {
    const [ownName, hmacKey, aesKey] = partsOf(current());
    // Node has copied the vector before anybody else asks for octets.
    if (sealing) return [SEALED, hmacKey, aesKey, ownName, randomOctets(PART_OCTETS)];
    return [name.equals(ownName) ? OPENED_AND_RENEWED : UNKNOWN, hmacKey, aesKey];
  };
}

function partsOf({ buffer, byteOffset }: TicketKeys): [name: Buffer, hmacKey: Buffer, aesKey: Buffer] {
  const part = (index: number) => Buffer.from(buffer, byteOffset + index * PART_OCTETS, PART_OCTETS);
  return [part(0), part(1), part(2)];
}
