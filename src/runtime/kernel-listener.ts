import { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { closeDescriptor } from '../posix/descriptor.ts';
import { type AcceptedConnection, acceptConnection } from '../posix/listening-socket.ts';
import { whenReadable } from '../posix/readiness.ts';
import { localAddress, shutdown } from '../posix/socket.ts';
import { awaitAwake } from './awake.ts';
import { bindAndListen } from './bind-and-listen.ts';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

/** Connections accepted before others get their turn on the event loop. */
const ACCEPTS_PER_TURN = 16;

/** After accept(2) has failed, as it does when descriptors run out: connections wait in the queue meanwhile. */
const TROUBLE_PAUSE_MS = 200;

/** A connection that has been accepted, and belongs to whoever gets it. */
export interface AcceptedClient {
  readonly fd: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Which of the listening sockets it came by: its index. */
  readonly entrance: number;
}

/**
 * Listening sockets from which connections are accepted one by one, and only when they are asked for: the others wait in
 * the kernel's queues, where another process or thread that shares the sockets can have them.
 */
export class KernelListener {
  readonly fds: readonly number[];
  readonly addresses: readonly Endpoint[];
  readonly #onError: (error: Error) => void;
  readonly #closing = new AbortController();
  /** Of the socket that is asked first the next time, so that no queue is always the last one. */
  #first = 0;

  private constructor(fds: readonly number[], onError: (error: Error) => void) {
    this.fds = fds;
    this.addresses = fds.map(localAddress);
    this.#onError = onError;
  }

  /**
   * Binds and listens (bind(2), listen(2)). Accepts nobody yet.
   * @param places one or more. @param onError told of errors of accept(2), such as EMFILE; the listener goes on.
   * @throws as bindAndListen does, with the index of the place as `entrance`; nothing stays open then.
   */
  static async open(places: readonly ListenOptions[], onError: (error: Error) => void): Promise<KernelListener> {
    const fds: number[] = [];
    try {
      for (const place of places) fds.push(await bindAndListen(place));
    } catch (error) {
      for (const fd of fds) closeDescriptor(fd);
      throw Object.assign(error as Error, { entrance: fds.length });
    }
    return new KernelListener(fds, onError);
  }

  /** One that another process has opened and given to this one. It owns the descriptors from now on. */
  static inherited(fds: readonly number[], onError: (error: Error) => void): KernelListener {
    return new KernelListener(fds, onError);
  }

  /**
   * Every client in the order of arrival; ends when the listener is closed.
   * @param pause what to wait for before the next one is accepted, if there is something.
   */
  async *clients(pause: () => Promise<void> | undefined = () => undefined): AsyncGenerator<AcceptedClient> {
    const { signal } = this.#closing;
    for (let accepted = 1; !signal.aborted; accepted++) {
      const paused = pause();
      if (paused) await awaitAwake(paused, signal);
      if (signal.aborted) break;
      const client = await this.accept();
      if (client) yield client;
      else if (!signal.aborted) await this.#somebody();
      if (accepted % ACCEPTS_PER_TURN === 0) await nextTurn();
    }
  }

  /** The same, to be served right here. */
  async *connections(pause?: () => Promise<void> | undefined): AsyncGenerator<Arrival> {
    for await (const client of this.clients(pause)) {
      const arrival = arrivalOn(client);
      if (arrival) yield arrival;
    }
  }

  /** Ends the listening for all who share the sockets, at once. Clients that nobody has accepted yet are reset. */
  shutdown(): void {
    for (const fd of this.fds) {
      try {
        shutdown(fd, 'both');
      } catch {
        // Not everywhere is that possible (macOS): then it ends when the last one has closed it.
      }
    }
    this.close();
  }

  /** Closes these descriptors of the sockets. A port is free when nobody else has one. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const fd of this.fds) closeDescriptor(fd);
  }

  /**
   * Accepts one client, without waiting for one.
   * @returns undefined when nobody waits; or, after a pause, when it was not possible.
   */
  async accept(): Promise<AcceptedClient | undefined> {
    try {
      return this.#acceptAny();
    } catch (error) {
      // The parent has shut the socket down, for all who share it.
      if ((error as NodeJS.ErrnoException).code === 'EINVAL') this.close();
      else await this.trouble(error as Error);
      return undefined;
    }
  }

  #acceptAny(): AcceptedClient | undefined {
    const { length } = this.fds;
    for (let tried = 0; tried < length; tried++) {
      const entrance = (this.#first + tried) % length;
      const accepted = acceptConnection(this.fds[entrance]!);
      if (!accepted) continue;
      this.#first = (entrance + 1) % length;
      return withLocalEnd(accepted, entrance);
    }
    return undefined;
  }

  /** Tells of what made accepting impossible, and gives it some time to pass. */
  async trouble(error: Error): Promise<void> {
    this.#onError(error);
    await delay(TROUBLE_PAUSE_MS, undefined, { signal: this.#closing.signal }).catch(() => {});
  }

  async #somebody(): Promise<void> {
    try {
      await whenAnyReadable(this.fds, this.#closing.signal);
    } catch (error) {
      // It takes a descriptor to wait, and there may be none left.
      await this.trouble(error as Error);
    }
  }
}

async function whenAnyReadable(fds: readonly number[], closing: AbortSignal): Promise<void> {
  if (fds.length === 1) {
    await whenReadable(fds[0]!, closing);
    return;
  }
  const enough = new AbortController();
  const signal = AbortSignal.any([closing, enough.signal]);
  const waits = fds.map((fd) => whenReadable(fd, signal));
  try {
    await Promise.race(waits);
  } finally {
    enough.abort();
    await Promise.allSettled(waits);
  }
}

/** @returns undefined for a client that has reset already, of which some systems (macOS) tell nothing more. */
function withLocalEnd(accepted: AcceptedConnection, entrance: number): AcceptedClient | undefined {
  try {
    return { ...accepted, local: localAddress(accepted.fd), entrance };
  } catch {
    closeDescriptor(accepted.fd);
    return undefined;
  }
}

/** @returns the client as it is served in this thread; undefined when its connection cannot be made a stream. */
export function arrivalOn(client: AcceptedClient): Arrival | undefined {
  const stream = streamOf(client);
  return stream && { stream, local: client.local, remote: client.remote, entrance: client.entrance };
}

/** @returns the client's connection as a stream, which owns the descriptor; undefined when it cannot be made one. */
export function streamOf({ fd }: Pick<AcceptedClient, 'fd'>): Socket | undefined {
  try {
    const stream = new Socket({ fd, allowHalfOpen: true, readable: true, writable: true });
    // A client that resets before anybody looks at it must not bring the process down.
    stream.on('error', () => {});
    return stream;
  } catch {
    closeDescriptor(fd);
    return undefined;
  }
}
