import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
  type TlsOptions as TlsServerOptions,
} from 'node:tls';
import type { TlsIdentity } from './identity.ts';
import { sealTickets, type TicketKeys } from './ticket-keys.ts';
import type { TlsOptions } from './tls-options.ts';

/** RFC 7301; the second name is the one of FileZilla. Who offers only others has been led here from elsewhere (ALPACA). */
const PROTOCOLS = ['ftp', 'x-filezilla-ftp'];

/**
 * What sessions in TLS are kept apart by that are of different services (SSL_CTX_set_session_id_context(3)). Node would take
 * it from the command line, which is not the same for all processes of a server.
 */
const SESSION_CONTEXT = 'ohai-ftpd';

type ServerNameCallback = NonNullable<TlsServerOptions['SNICallback']>;

/** How a handshake came out. */
interface Waiting {
  onDone(socket: TLSSocket): void;
  resolve(socket: TLSSocket): void;
  reject(error: Error): void;
}

/**
 * A server of Node's that never listens: certificates, read and ready, with which one handshake is made after the other. To
 * make one takes a millisecond or two, to give it other ticket keys some microseconds.
 */
export class PreparedServer {
  readonly #server: Server;
  readonly #options: TlsOptions;
  /** Those of the identities, when a client has asked for a name. */
  #certificates: readonly X509Certificate[] | undefined;
  /** For the second identity and those behind it. */
  readonly #others = new Map<TlsIdentity, SecureContext>();
  #ticketKeys: TicketKeys | undefined;
  #waiting: Waiting | undefined;

  constructor(options: TlsOptions) {
    const { identities, strictServerName, minVersion, ciphers, clientCertificates, clientAuthorities } = options;
    this.#options = options;
    const choosing = identities.length > 1 || strictServerName;
    this.#server = createServer({
      ...certified(identities[0]!),
      minVersion,
      ...(ciphers !== undefined && { ciphers }),
      requestCert: clientCertificates !== 'ignore',
      rejectUnauthorized: clientCertificates === 'require',
      ...(clientAuthorities !== undefined && { ca: clientAuthorities }),
      ALPNProtocols: PROTOCOLS,
      sessionIdContext: SESSION_CONTEXT,
      // Who begins a handshake has a deadline of ours, which does not begin anew with each octet.
      handshakeTimeout: 0,
      ...(choosing && { SNICallback: (...call: Parameters<ServerNameCallback>) => this.#choose(...call) }),
    });
    sealTickets(
      (this.#server as unknown as { readonly _sharedCreds: SecureContext })._sharedCreds,
      () => this.#ticketKeys!,
    );
    this.#server.on('secureConnection', (socket) => {
      socket.allowHalfOpen = true;
      this.#settle(({ onDone, resolve }) => {
        onDone(socket);
        resolve(socket);
      });
    });
    this.#server.on('tlsClientError', (error) => this.#settle(({ reject }) => reject(error)));
  }

  /**
   * Makes the server's side of a handshake. Not to be called again before the one before is over.
   * @param connection that nobody reads from. Whoever has it closes it; that ends the handshake.
   * @param onDone called when the handshake is done, before anything more is sent.
   * @throws Error of OpenSSL or of the connection.
   */
  handshake(connection: Duplex, ticketKeys: TicketKeys, onDone: (socket: TLSSocket) => void): Promise<TLSSocket> {
    this.#ticketKeys = ticketKeys;
    return new Promise((resolve, reject) => {
      this.#waiting = { onDone, resolve, reject };
      // Who ends its side during a handshake cannot finish it. Node asks when it puts TLS over the connection.
      const { allowHalfOpen } = connection;
      connection.allowHalfOpen = false;
      this.#server.emit('connection', connection);
      connection.allowHalfOpen = allowHalfOpen;
    });
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) how(waiting);
  }

  #choose(...[name, done]: Parameters<ServerNameCallback>): void {
    const { identities, strictServerName } = this.#options;
    this.#certificates ??= identities.map(({ certificate }) => new X509Certificate(certificate));
    const identity = identities[this.#certificates.findIndex((certificate) => certificate.checkHost(name))];
    if (!identity && strictServerName) done(new Error(`no certificate is for the name '${name}'`));
    else if (!identity || identity === identities[0]) done(null);
    else done(null, this.#contextFor(identity));
  }

  #contextFor(identity: TlsIdentity): SecureContext {
    let context = this.#others.get(identity);
    if (!context) {
      const { minVersion, ciphers, clientAuthorities } = this.#options;
      context = createSecureContext({
        ...certified(identity),
        minVersion,
        ...(ciphers !== undefined && { ciphers }),
        ...(clientAuthorities !== undefined && { ca: clientAuthorities }),
        sessionIdContext: SESSION_CONTEXT,
      });
      this.#others.set(identity, context);
      sealTickets(context, () => this.#ticketKeys!);
    }
    return context;
  }
}

function certified({ certificate, key }: TlsIdentity): { cert: string; key: string } {
  return { cert: certificate, key };
}
