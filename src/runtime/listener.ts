import { type AddressInfo, createServer, type Server } from 'node:net';
import { Arrivals } from './arrivals.ts';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

const KEEP_ALIVE_DELAY_MS = 60_000;

/** The same as EagerListener for where there are no Berkeley sockets, as on Windows: it accepts during a pause as well. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  readonly #arrivals = new Arrivals();
  #closed = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (stream) => this.#arrivals.add(stream));
  }

  /**
   * Binds and listens (bind(2), listen(2)).
   * @param onError told of errors of accept(2), such as EMFILE; the listener goes on.
   * @throws the error of bind or listen, with its `code` (EADDRINUSE, EACCES …).
   */
  static async open(
    { host, port, backlog }: ListenOptions,
    onError: (error: Error) => void = ignore,
  ): Promise<Listener> {
    const server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_DELAY_MS,
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, ...(backlog !== undefined && { backlog }) }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', onError);
    return new Listener(server);
  }

  get address(): Endpoint {
    const { address, port } = this.#server.address() as AddressInfo;
    return { address, port };
  }

  /**
   * Every client in the order of arrival; ends when the listener is closed.
   * @param pause what to wait for before the next one is taken, if there is something.
   */
  async *connections(pause: () => Promise<void> | undefined = () => undefined): AsyncGenerator<Arrival> {
    while (!this.#closed) {
      const paused = pause();
      if (paused) await paused;
      const arrival = this.#arrivals.take();
      if (arrival) yield arrival;
      else await this.#arrivals.somebody();
    }
  }

  /** Frees the port; clients that nobody has taken yet are dropped. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrivals.close();
    this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function ignore(): void {}
