import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { PreparedServer } from './prepared-server.ts';
import type { TicketKeys } from './ticket-keys.ts';
import type { TlsOptions } from './tls-options.ts';

/**
 * Kept while nobody uses them. As many handshakes as come at once have one each, since the keys are of one session. One more than
 * are kept costs a millisecond, for which nobody else is served; one that is kept, 47 KiB.
 */
const KEPT = 128;

/** A handshake that has come to nothing. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  /** For the log: what the client can have put into it, are no more than the alerts of RFC 8446 section 6. */
  readonly reason: string;

  constructor(cause: Error & { readonly code?: string }) {
    // The texts of OpenSSL tell the paths of its sources.
    const reason = cause.code ?? cause.message;
    super(`TLS handshake failed: ${reason}`, { cause });
    this.reason = reason;
  }
}

/** Options of a certain time. Plain data. */
export interface TlsEdition {
  readonly edition: number;
  readonly options: TlsOptions;
}

/** Makes the server's side of TLS handshakes (RFC 8446, RFC 5246), for all sessions of this process or thread. */
export class Handshakes {
  #options: TlsOptions;
  #edition = 0;
  #free: PreparedServer[] = [];

  constructor(options: TlsOptions) {
    this.#options = options;
  }

  /** What is in force: how often it has been renewed, here or where it came from. */
  get current(): TlsEdition {
    return { edition: this.#edition, options: this.#options };
  }

  /** From now on; handshakes that are under way go on as they began, and so do connections. */
  renew(options: TlsOptions, edition = this.#edition + 1): void {
    this.#options = options;
    this.#edition = edition;
    this.#free = [];
  }

  /**
   * @param connection nobody has read from it. It is closed when the handshake fails.
   * @param ticketKeys those of the session that the connection belongs to.
   * @param onDone called at the moment when the handshake is done, before anything more is sent.
   * @returns the protected connection; closing either one closes the other.
   * @throws HandshakeError, also when the handshake has not ended in time.
   */
  async perform(
    connection: Duplex,
    ticketKeys: TicketKeys,
    onDone: (socket: TLSSocket) => void = ignore,
  ): Promise<TLSSocket> {
    const options = this.#options;
    const server = this.#free.pop() ?? new PreparedServer(options);
    let late = false;
    const deadline = setTimeout(() => {
      late = true;
      connection.destroy();
    }, options.handshakeMs);
    try {
      const socket = await server.handshake(connection, ticketKeys, onDone);
      // Of what breaks the rules of TLS later on, and of a client that begins a new handshake, Node tells and lets it go on.
      // Where the connection is used, it is heard of as an end; an error that nobody hears ends the process.
      socket.on('error', (error) => socket.destroy(error));
      socket.disableRenegotiation();
      return socket;
    } catch (error) {
      connection.destroy();
      throw new HandshakeError(late ? new Error('timeout') : (error as Error));
    } finally {
      clearTimeout(deadline);
      if (options === this.#options && this.#free.length < KEPT) this.#free.push(server);
    }
  }
}

function ignore(): void {}
