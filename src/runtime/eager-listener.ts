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
  readonly #arrivals: Arrivals;
  readonly #closing = new AbortController();

  private constructor(kernel: KernelListener, backlog: number | undefined) {
    this.#kernel = kernel;
    this.#backlog = backlog;
    this.address = kernel.address;
    this.#arrivals = new Arrivals(kernel.address);
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
        if (signal.aborted) return;
      }
      const arrival = this.#arrivals.take();
      if (arrival) yield arrival;
      else if (this.#server) await this.#arrivals.somebody();
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
    // What is accepted inherits its options from the listening socket.
    const server = createServer({ allowHalfOpen: true });
    server.on('connection', (stream) => {
      if (descriptorOf(stream) >= this.#scarce) this.#halt();
      this.#arrivals.add(stream);
    });
    server.on('error', (error) => {
      this.#halt();
      void this.#kernel.trouble(error).then(() => this.#arrivals.wake());
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
