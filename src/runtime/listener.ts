import { type AddressInfo, createServer, type Server } from 'node:net';
import { Arrivals } from './arrivals.ts';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

const KEEP_ALIVE_DELAY_MS = 60_000;

/** The same as EagerListener for where there are no Berkeley sockets, as on Windows: it accepts during a pause as well. */
export class Listener implements AsyncDisposable {
  readonly #servers: readonly Server[];
  readonly #arrivals = new Arrivals();
  #closed = false;

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
    for (const [entrance, server] of servers.entries()) {
      server.on('connection', (stream) => this.#arrivals.add(stream, entrance));
    }
  }

  /**
   * Binds and listens (bind(2), listen(2)).
   * @param places one or more. @param onError told of errors of accept(2), such as EMFILE; the listener goes on.
   * @throws the error of bind or listen, with its `code` (EADDRINUSE, EACCES …) and the index of the place as `entrance`; nothing stays open then.
   */
  static async open(places: readonly ListenOptions[], onError: (error: Error) => void = ignore): Promise<Listener> {
    const servers: Server[] = [];
    try {
      for (const place of places) servers.push(await listeningServer(place));
    } catch (error) {
      for (const server of servers) server.close();
      throw Object.assign(error as Error, { entrance: servers.length });
    }
    for (const server of servers) server.on('error', onError);
    return new Listener(servers);
  }

  get addresses(): readonly Endpoint[] {
    return this.#servers.map((server) => {
      const { address, port } = server.address() as AddressInfo;
      return { address, port };
    });
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
    for (const server of this.#servers) server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function listeningServer({ host, port, backlog }: ListenOptions): Promise<Server> {
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
  return server;
}

function ignore(): void {}
