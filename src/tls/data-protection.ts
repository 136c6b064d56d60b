import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Carrier, setCarrier } from '../transfer/carrier.ts';
import type { Handshakes } from './handshakes.ts';
import type { TicketKeys } from './ticket-keys.ts';
import { type UnannouncedEnd, UploadCarrier } from './upload-carrier.ts';

/** What a data connection is made for, seen from the server. */
export type Direction = 'send' | 'receive';

export interface DataProtection {
  readonly direction: Direction;
  readonly ticketKeys: TicketKeys;
  /** Of uploads. */
  readonly unannouncedEnd: UnannouncedEnd;
}

/**
 * Protects a data connection by TLS (RFC 4217 section 7). The server's side of the handshake is the server's, whoever has
 * made the connection.
 * @param socket paused, with nothing read from it. Closed when the handshake fails.
 * @returns the protected connection, of which `socket` is the carrier; `unspoken` when the client has closed its side of an
 *   upload without a word of TLS: it has nothing to upload, and `socket` is as it was.
 * @throws HandshakeError; PosixError EMFILE.
 */
export async function protectData(
  socket: Socket,
  handshakes: Handshakes,
  { direction, ticketKeys, unannouncedEnd }: DataProtection,
): Promise<TLSSocket | 'unspoken'> {
  if (direction === 'send') return carriedBy({ socket }, await handshakes.perform(socket, ticketKeys));
  const carrier = new UploadCarrier(socket, unannouncedEnd);
  const handshake = handshakes.perform(carrier, ticketKeys, (tls) => carrier.carries(tls));
  const first = await Promise.race([handshake, carrier.unspoken.then(() => 'unspoken' as const)]);
  if (first === 'unspoken') {
    // There is nobody left to shake hands with.
    handshake.catch(() => {});
    carrier.letGo();
    return first;
  }
  return carriedBy({ socket, burstBytes: carrier.burstBytes }, first);
}

function carriedBy(carrier: Carrier, tls: TLSSocket): TLSSocket {
  setCarrier(tls, carrier);
  return tls;
}
