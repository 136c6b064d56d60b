import { createServer, type Server, type Socket } from 'node:net';
import { duplicate } from '../posix/descriptor.ts';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { descriptorLimit } from '../posix/resource-limits.ts';
import { awaitAwake } from './awake.ts';
import { type AcceptedClient, KernelListener, streamOf } from './kernel-listener.ts';
import { arrivalOf, hasLeft } from './listener.ts';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

/**
 * Descriptors that are left when clients are no longer accepted in masses. Node's server would go on until there is none,
 * and then close the connections of whoever comes without telling anybody.
 */
const SPARE_DESCRIPTORS = 16;

/**
 * A listening socket from which the event loop accepts every client as it comes, by a server of Node's: the shortest way
 * from a connection to the one who serves it, for who serves all of them. Such a server cannot be halted. So it has a
 * duplicate of the socket; where clients had better wait in the kernel's queue it is closed, and until nobody waits there
 * any more, clients are taken one by one.
 */
export class EagerListener {
  readonly address: Endpoint;
  readonly #kernel: KernelListener;
  readonly #backlog: number | undefined;
  readonly #scarce = descriptorLimit() - SPARE_DESCRIPTORS;
  /** Absent while clients are taken one by one. */
  #server: Server | undefined;
  /** Accepted by the loop, not yet taken by anybody. */
  readonly #arrived: Socket[] = [];
  #wake: () => void = ignore;
  readonly #closing = new AbortController();

  private constructor(kernel: KernelListener, backlog: number | undefined) {
    this.#kernel = kernel;
    this.#backlog = backlog;
    this.address = kernel.address;
  }

  /** As KernelListener.open. */
  static async open(options: ListenOptions, onError: (error: Error) => void): Promise<EagerListener> {
    return new EagerListener(await KernelListener.open(options, onError), options.backlog);
  }

  /**
   * Every client in the order of arrival; ends when the listener is closed.
   * @param pause what to wait for before the next one is accepted, if there is something.
   */
  async *connections(pause: () => Promise<void> | undefined = () => undefined): AsyncGenerator<Arrival> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const paused = pause();
      if (paused) {
        this.#halt();
        await awaitAwake(paused, signal);
      }
      const stream = this.#arrived.shift();
      if (stream) {
        if (hasLeft(stream)) stream.destroy();
        else yield arrivalOf(stream);
      } else if (this.#server) {
        await this.#somebody();
      } else {
        const client = await this.#kernel.accept();
        const arrival = client && servedHere(client);
        if (arrival) yield arrival;
        else if (!client) await this.#acceptAll();
      }
    }
  }

  /** Frees the port; clients that nobody has taken yet are dropped. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    for (const socket of this.#arrived.splice(0)) socket.destroy();
    this.#halt();
    this.#kernel.close();
    this.#wake();
  }

  #somebody(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (this.#arrived.length > 0 || this.#closing.signal.aborted) resolve();
    });
  }

  async #acceptAll(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    // What is accepted inherits its options from the listening socket.
    const server = createServer({ allowHalfOpen: true });
    server.on('connection', (socket) => {
      // A client that resets while it waits for its turn must not bring the process down.
      socket.on('error', ignore);
      this.#arrived.push(socket);
      if (descriptorOf(socket) >= this.#scarce) this.#halt();
      this.#wake();
    });
    server.on('error', (error) => {
      this.#halt();
      void this.#kernel.trouble(error).then(() => this.#wake());
    });
    try {
      this.#server = server.listen({ fd: duplicate(this.#kernel.fd) }, this.#backlog);
    } catch (error) {
      await this.#kernel.trouble(error as Error);
    }
  }

  #halt(): void {
    this.#server?.close();
    this.#server = undefined;
  }
}

/** @returns undefined when it cannot be made a stream. */
function servedHere(client: AcceptedClient): Arrival | undefined {
  const stream = streamOf(client);
  return stream && { stream, local: client.local, remote: client.remote };
}

function ignore(): void {}
