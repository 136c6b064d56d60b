import { createServer, type Server } from 'node:net';
import { duplicate } from '../posix/descriptor.ts';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { descriptorLimit } from '../posix/resource-limits.ts';
import { Arrivals } from './arrivals.ts';
import { awaitAwake } from './awake.ts';
import { arrivalOn, KernelListener } from './kernel-listener.ts';
import type { Arrival } from './reception.ts';
import type { ListenOptions } from './runner.ts';
import type { Endpoint } from './service.ts';

/**
 * Descriptors that are left when clients are no longer accepted in masses. Node's server would go on until there is none,
 * and then close the connections of whoever comes without telling anybody.
 */
const SPARE_DESCRIPTORS = 16;

/**
 * Listening sockets from which the event loop accepts every client as it comes, by servers of Node's: the shortest way
 * from a connection to the one who serves it, for who serves all of them. Such a server cannot be halted. So each has a
 * duplicate of its socket; where clients had better wait in the kernel's queues they are closed, and until nobody waits there
 * any more, clients are taken one by one.
 */
export class EagerListener {
  readonly addresses: readonly Endpoint[];
  readonly #kernel: KernelListener;
  readonly #backlogs: readonly (number | undefined)[];
  readonly #scarce = descriptorLimit() - SPARE_DESCRIPTORS;
  /** Empty while clients are taken one by one. */
  #servers: Server[] = [];
  readonly #arrivals: Arrivals;
  readonly #closing = new AbortController();

  private constructor(kernel: KernelListener, backlogs: readonly (number | undefined)[]) {
    this.#kernel = kernel;
    this.#backlogs = backlogs;
    this.addresses = kernel.addresses;
    this.#arrivals = new Arrivals(kernel.addresses);
  }

  /** As KernelListener.open. */
  static async open(places: readonly ListenOptions[], onError: (error: Error) => void): Promise<EagerListener> {
    const backlogs = places.map(({ backlog }) => backlog);
    return new EagerListener(await KernelListener.open(places, onError), backlogs);
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
        if (signal.aborted) return;
      }
      const arrival = this.#arrivals.take();
      if (arrival) yield arrival;
      else if (this.#servers.length > 0) await this.#arrivals.somebody();
      else {
        const client = await this.#kernel.accept();
        const waiting = client && arrivalOn(client);
        if (waiting) yield waiting;
        else if (!client) await this.#acceptAll();
      }
    }
  }

  /** Frees the port; clients that nobody has taken yet are dropped. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#arrivals.close();
    this.#halt();
    this.#kernel.close();
  }

  async #acceptAll(): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    try {
      for (const [entrance, fd] of this.#kernel.fds.entries()) this.#servers.push(this.#serverOn(fd, entrance));
    } catch (error) {
      this.#halt();
      await this.#kernel.trouble(error as Error);
    }
  }

  #serverOn(fd: number, entrance: number): Server {
    // What is accepted inherits its options from the listening socket.
    const server = createServer({ allowHalfOpen: true });
    server.on('connection', (stream) => {
      if (descriptorOf(stream) >= this.#scarce) this.#halt();
      this.#arrivals.add(stream, entrance);
    });
    server.on('error', (error) => {
      this.#halt();
      void this.#kernel.trouble(error).then(() => this.#arrivals.wake());
    });
    return server.listen({ fd: duplicate(fd) }, this.#backlogs[entrance]);
  }

  #halt(): void {
    for (const server of this.#servers) server.close();
    this.#servers = [];
  }
}
