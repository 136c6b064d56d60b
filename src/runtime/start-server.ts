import type { Socket } from 'node:net';
import { Listener } from './listener.ts';
import type { RunnerStats, RunningServer, RunOptions } from './runner.ts';
import { type ControlConnection, type Endpoint, loadService, type Service } from './service.ts';

const DEFAULT_GRACE_MS = 10_000;

/** A service that hangs, in a storage that never answers, must not keep the server from closing. */
const STUCK_MS = 2_000;

/** The policy of an architecture that serves in this process: takes each connection and has it served. */
export type Policy = (
  connections: AsyncIterable<ControlConnection>,
  serve: (connection: ControlConnection) => Promise<void>,
) => Promise<void>;

/**
 * Loads the service, listens, and lets `policy` decide who is served when.
 * @throws what makes the service or the listening socket impossible; nothing stays open then.
 */
export async function startServer(
  { service: spec, listen, onError }: RunOptions,
  policy: Policy,
): Promise<RunningServer> {
  const service = await loadService(spec);
  return serveWith(service, listen, policy, onError);
}

/** Like startServer, for a service that exists already. The server owns it from now on. */
export async function serveWith(
  service: Service,
  listen: RunOptions['listen'],
  policy: Policy,
  onError?: (error: Error) => void,
): Promise<RunningServer> {
  try {
    return new LocalServer(service, await Listener.open(listen, onError), policy);
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server whose listening socket and clients all live in this process. */
class LocalServer implements RunningServer {
  readonly address: Endpoint;
  readonly #service: Service;
  readonly #listener: Listener;
  readonly #policyEnded: Promise<void>;
  readonly #clients = new Set<Socket>();
  #served = 0;
  #closing: Promise<void> | undefined;
  #closed = false;
  #graceTimer: NodeJS.Timeout | undefined;
  #lastClientLeft: (() => void) | undefined;
  #giveUp: (() => void) | undefined;

  constructor(service: Service, listener: Listener, policy: Policy) {
    this.#service = service;
    this.#listener = listener;
    this.address = listener.address;
    this.#policyEnded = policy(listener.connections(), (connection) => this.#serve(connection));
  }

  stats(): RunnerStats {
    return { connected: this.#clients.size, served: this.#served };
  }

  close({ graceMs = DEFAULT_GRACE_MS }: { readonly graceMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close();
    if (this.#closed) return this.#closing;
    clearTimeout(this.#graceTimer);
    if (graceMs > 0) this.#graceTimer = setTimeout(() => this.#endClients(), graceMs);
    else this.#endClients();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serve(connection: ControlConnection): Promise<void> {
    const { stream } = connection;
    this.#clients.add(stream);
    return this.#service.serve(connection).finally(() => {
      stream.destroy();
      this.#clients.delete(stream);
      this.#served += 1;
      if (this.#clients.size === 0) this.#lastClientLeft?.();
    });
  }

  async #close(): Promise<void> {
    await this.#listener.close();
    this.#service.drain();
    await Promise.race([
      Promise.all([this.#allClientsLeft(), this.#policyEnded]),
      new Promise<void>((resolve) => {
        this.#giveUp = resolve;
      }),
    ]);
    this.#closed = true;
    clearTimeout(this.#graceTimer);
    await this.#service[Symbol.asyncDispose]();
  }

  async #allClientsLeft(): Promise<void> {
    if (this.#clients.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#lastClientLeft = resolve;
    });
  }

  #endClients(): void {
    for (const client of this.#clients) client.destroy();
    this.#graceTimer = setTimeout(() => this.#giveUp?.(), STUCK_MS);
  }
}
