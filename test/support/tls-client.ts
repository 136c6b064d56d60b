import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { RecordedWire } from './recorded-wire.ts';

/** For tests that are to hold in both. */
export const tlsVersions = (['TLSv1.2', 'TLSv1.3'] as const).map(
  (version) => [version, { minVersion: version, maxVersion: version }] as const,
);

/** The client's side of a connection under TLS, with everything that a client would hide. */
export interface Protection {
  readonly socket: TLSSocket;
  readonly wire: RecordedWire;
  /** @throws (it is rejected) when there has been none. */
  readonly handshake: Promise<void>;
  /** What the server gives to resume; under TLS 1.3 it comes some time after the handshake, or never. */
  readonly session: Promise<Buffer>;
}

/**
 * Begins a handshake. The server's certificate is not checked, unless `options` say so; no name is asked for.
 * @param socket that nobody else reads from.
 */
export function protect(socket: Socket, options: ConnectionOptions): Protection {
  const wire = new RecordedWire(socket);
  const tls = connect({ rejectUnauthorized: false, ...options, socket: wire });
  const handshake = new Promise<void>((resolve, reject) => {
    tls.once('secureConnect', resolve);
    tls.once('error', reject);
    tls.once('close', () => reject(new Error('closed during the handshake')));
  });
  // Whoever is interested in them waits for them; and errors that come later are seen where the connection is used.
  handshake.catch(() => {});
  tls.on('error', () => {});
  const session = new Promise<Buffer>((resolve) => tls.once('session', resolve));
  return { socket: tls, wire, handshake, session };
}

/** What a client says first: a ClientHello (RFC 8446 section 4.1.2). */
export function clientHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const nowhere = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        resolve(chunk);
        done();
        nowhere.destroy();
      },
    });
    connect({ socket: nowhere, servername: 'localhost', rejectUnauthorized: false }).on('error', () => {});
  });
}
