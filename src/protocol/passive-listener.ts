import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { canonicalAddress } from './host-port.ts';

/** Takes the connection of an expected client. */
type Accept = (socket: Socket) => void;

/**
 * One bound port, and the clients that are expected on it.
 *
 * Who connects is told apart by the address. Strangers are reset while the listener stays (RFC 2577 section 4), and so
 * is a second connection of a client (S5).
 */
export class PassiveListener {
  readonly port: number;
  readonly #server: Server;
  readonly #onStranger: () => void;
  readonly #expected = new Map<string, Accept>();

  private constructor(server: Server, onStranger: () => void) {
    this.#server = server;
    this.#onStranger = onStranger;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#arrived(socket));
    // EMFILE at accept: the client that waits for its data connection gets 425 by its timeout.
    server.on('error', () => {});
    server.unref();
  }

  /**
   * @param port 0…65535, 0: whatever the system gives. @param onStranger hears of every connection that was reset.
   * @throws the error of bind(2) or listen(2).
   */
  static open(address: string, port: number, onStranger: () => void): Promise<PassiveListener> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
      server.once('error', reject);
      server.listen({ host: address, port }, () => resolve(new PassiveListener(server, onStranger)));
    });
  }

  /** Nobody is expected. */
  get idle(): boolean {
    return this.#expected.size === 0;
  }

  /** @param client canonical address. @param accept is called at most once, with the socket paused. */
  expect(client: string, accept: Accept): void {
    this.#expected.set(client, accept);
  }

  /** @returns false if it was not, or no longer, `accept` that waited for the client. */
  stopExpecting(client: string, accept: Accept): boolean {
    return this.#expected.get(client) === accept && this.#expected.delete(client);
  }

  /** Frees the port. Connections that were accepted belong to their sessions, and are not waited for. */
  close(): void {
    this.#server.close();
  }

  #arrived(socket: Socket): void {
    // Nobody listens to it until the transfer takes it, and an error event that nobody hears ends the process.
    socket.on('error', () => {});
    const client = canonicalAddress(socket.remoteAddress ?? '');
    const accept = this.#expected.get(client);
    if (accept) {
      this.#expected.delete(client);
      accept(socket);
    } else {
      this.#onStranger();
      socket.resetAndDestroy();
    }
  }
}
