import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

const KEEP_ALIVE_DELAY_MS = 60_000;

/** The same as EagerListener for where there are no Berkeley sockets, as on Windows: it accepts during a pause as well. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  /** Accepted by the loop, not yet taken by anybody. */
  readonly #arrived: Socket[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      // A client that resets while it waits for its turn must not bring the process down.
      socket.on('error', ignore);
      this.#arrived.push(socket);
      this.#wake?.();
    });
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
      const stream = this.#arrived.shift();
      if (stream === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
      else if (hasLeft(stream)) stream.destroy();
      else yield arrivalOf(stream);
    }
  }

  /** Frees the port; clients that nobody has taken yet are dropped. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of this.#arrived.splice(0)) socket.destroy();
    this.#server.close();
    this.#wake?.();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Whether the client gave up while it waited for its turn. Its `end` has been emitted to nobody then and comes no second
 * time: whoever served it would wait for a login until the timeout, and so would all that come after it.
 */
export function hasLeft(stream: Socket): boolean {
  return stream.remoteAddress === undefined || stream.readableEnded;
}

/** @param stream connected, so that both of its ends are known. */
export function arrivalOf(stream: Socket): Arrival {
  return {
    stream,
    local: { address: stream.localAddress ?? '', port: stream.localPort ?? 0 },
    remote: { address: stream.remoteAddress ?? '', port: stream.remotePort ?? 0 },
  };
}

function ignore(): void {}
