import { randomInt } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { reset } from '../transfer/reset.ts';
import { canonicalAddress } from './host-port.ts';
import { ReplyError } from './reply.ts';

/** How long a client whose command waits for a port is kept waiting, before 425. */
const WAIT_FOR_PORT_MS = 5_000;

/** A port is left alone for so long after some other program was found on it. */
const FOREIGN_PORT_MS = 30_000;

export interface PassivePortsOptions {
  /** First and last port, 1…65535; absent: whatever the system gives. */
  readonly range?: readonly [number, number];
}

/** A port that waits for one client. */
export interface PassiveLease {
  readonly port: number;
  /** The client's connection, unread; pending until it comes. Never rejects. */
  readonly connection: Promise<Socket>;
  /** Gives the port back, and drops a connection that came but was not taken. May be called again. */
  release(): void;
}

/**
 * The passive data ports of all sessions of a unit.
 *
 * Listeners are bound once and kept: binding per transfer costs more than the transfer of a small file, and ends in a
 * port range full of TIME_WAIT. A port serves one waiting session per client address; who connects is told apart by
 * that address, and strangers are dropped while the listener stays (RFC 2577 section 4).
 */
export class PassivePorts implements AsyncDisposable {
  readonly #range: readonly [number, number] | undefined;
  /** By local address, then by port. */
  readonly #listeners = new Map<string, Map<number, PassiveListener>>();
  readonly #binding = new Map<string, Promise<PassiveListener | undefined>>();
  /** Ports that another program was found on, and until when they are left alone. */
  readonly #foreignUntil = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #closed = false;
  /** Connections dropped because nobody waited for that address. */
  strangers = 0;

  constructor({ range }: PassivePortsOptions = {}) {
    this.#range = range;
  }

  /**
   * Takes a port on which `clientAddress` is expected.
   * @param localAddress the address to listen on: the one that the client's control connection came to.
   * @throws ReplyError 425 when no port of the range becomes free in time.
   */
  async lease(clientAddress: string, localAddress: string): Promise<PassiveLease> {
    const client = canonicalAddress(clientAddress);
    const local = canonicalAddress(localAddress);
    const deadline = Date.now() + WAIT_FOR_PORT_MS;
    for (;;) {
      const lease = await this.#tryLease(client, local);
      if (lease) return lease;
      if (Date.now() >= deadline || this.#closed) {
        throw new ReplyError(425, 'All passive ports are in use; try again later.');
      }
      await this.#portFreed(deadline);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    const all = [...this.#listeners.values()].flatMap((listeners) => [...listeners.values()]);
    this.#listeners.clear();
    for (const listener of all) listener.close();
  }

  async #tryLease(client: string, local: string): Promise<PassiveLease | undefined> {
    const listeners = this.#listenersOn(local);
    const free = [...listeners.values()].filter((listener) => !listener.expects(client));
    if (this.#range === undefined) {
      return (pick(free) ?? (await this.#bind(local, 0, '')))?.expect(client);
    }
    for (const port of shuffledRange(this.#range)) {
      const known = listeners.get(port);
      if (known?.expects(client)) continue;
      const listener = known ?? (await this.#bindOnce(local, port));
      // Another session may have come first while the port was being bound.
      if (listener && !listener.expects(client)) return listener.expect(client);
    }
    return undefined;
  }

  /** One attempt for all sessions that want the same port at the same moment. */
  #bindOnce(local: string, port: number): Promise<PassiveListener | undefined> {
    const key = `${local} ${port}`;
    let attempt = this.#binding.get(key);
    if (attempt === undefined) {
      attempt = this.#bind(local, port, key).finally(() => this.#binding.delete(key));
      this.#binding.set(key, attempt);
    }
    return attempt;
  }

  async #bind(local: string, port: number, key: string): Promise<PassiveListener | undefined> {
    if ((this.#foreignUntil.get(key) ?? 0) > Date.now()) return undefined;
    const bound = await PassiveListener.open(local, port, {
      onStranger: () => {
        this.strangers += 1;
      },
      onFree: () => this.#waiting.shift()?.(),
    });
    if (bound === undefined) {
      if (port !== 0) this.#foreignUntil.set(key, Date.now() + FOREIGN_PORT_MS);
      return undefined;
    }
    if (this.#closed) {
      bound.close();
      return undefined;
    }
    this.#listenersOn(local).set(bound.port, bound);
    return bound;
  }

  #listenersOn(local: string): Map<number, PassiveListener> {
    let listeners = this.#listeners.get(local);
    if (listeners === undefined) {
      listeners = new Map();
      this.#listeners.set(local, listeners);
    }
    return listeners;
  }

  #portFreed(deadline: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        const index = this.#waiting.indexOf(wake);
        if (index >= 0) this.#waiting.splice(index, 1);
        resolve();
      };
      const timer = setTimeout(wake, Math.max(0, deadline - Date.now()));
      this.#waiting.push(wake);
    });
  }
}

interface ListenerEvents {
  readonly onStranger: () => void;
  readonly onFree: () => void;
}

/** One bound port, and the clients that are expected on it. */
class PassiveListener {
  readonly port: number;
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #expected = new Map<string, (socket: Socket) => void>();

  private constructor(server: Server, events: ListenerEvents) {
    this.#server = server;
    this.#events = events;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => this.#arrived(socket));
    // EMFILE at accept: the client that waits for its data connection gets 425 by its timeout.
    server.on('error', () => {});
    server.unref();
  }

  /** @returns undefined when the port is taken or not ours to take. */
  static open(address: string, port: number, events: ListenerEvents): Promise<PassiveListener | undefined> {
    return new Promise((resolve) => {
      const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true });
      server.once('error', () => resolve(undefined));
      server.listen({ host: address, port }, () => resolve(new PassiveListener(server, events)));
    });
  }

  expects(client: string): boolean {
    return this.#expected.has(client);
  }

  expect(client: string): PassiveLease {
    let arrived: Socket | undefined;
    const { promise: connection, resolve } = promiseWithResolver<Socket>();
    const accept = (socket: Socket) => {
      arrived = socket;
      this.#free(client);
      resolve(socket);
    };
    this.#expected.set(client, accept);
    return {
      port: this.port,
      connection,
      release: () => {
        // A clean end would pass for an empty file (wire rule W6).
        if (arrived) reset(arrived);
        if (this.#expected.get(client) === accept) this.#free(client);
      },
    };
  }

  /** Frees the port. Connections that were accepted belong to their sessions, and are not waited for. */
  close(): void {
    this.#server.close();
  }

  #arrived(socket: Socket): void {
    // Nobody listens to it until the transfer takes it, and an error event that nobody hears ends the process.
    socket.on('error', () => {});
    const accept = this.#expected.get(canonicalAddress(socket.remoteAddress ?? ''));
    if (accept) {
      accept(socket);
    } else {
      this.#events.onStranger();
      socket.resetAndDestroy();
    }
  }

  #free(client: string): void {
    this.#expected.delete(client);
    this.#events.onFree();
  }
}

function promiseWithResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

/** Every port of the range once, from a place that a stranger cannot guess. */
function* shuffledRange([first, last]: readonly [number, number]): Generator<number> {
  const count = last - first + 1;
  const start = randomInt(count);
  for (let i = 0; i < count; i++) yield first + ((start + i) % count);
}

function pick<T>(items: readonly T[]): T | undefined {
  return items.length === 0 ? undefined : items[randomInt(items.length)];
}
