import type { MessagePort } from 'node:worker_threads';
import { BackOff } from './back-off.ts';
import { checkCapacity } from './capacity.ts';
import { closeUnlessTaken, newClaim } from './claim.ts';
import { readerOf, refuseConfinement } from './confinement.ts';
import type { AcceptedClient } from './kernel-listener.ts';
import { Line } from './line.ts';
import { contactOver } from './line-contact.ts';
import type { HandedClient, ParentDuties, UnitDuties } from './messages.ts';
import type { Roster } from './roster.ts';
import { type RunOptions, withOptions } from './runner.ts';
import type { JsonValue } from './service.ts';
import { Departures, type Staff } from './staff.ts';
import { Threads } from './threads.ts';
import { portWire } from './wire.ts';

type ThreadLine = Line<ParentDuties, UnitDuties>;

/**
 * Clients are queued for the threads of a pool; each thread serves one at a time, from hello to goodbye.
 * @param size threads, 1…1024.
 */
export function threadPool(size: number): (roster: Roster, options: RunOptions) => Promise<ThreadPool> {
  return async (roster, options) => {
    checkCapacity({ workers: size });
    refuseConfinement(options);
    return ThreadPool.start(size, roster, options);
  };
}

export class ThreadPool implements Staff {
  readonly #roster: Roster;
  #options: RunOptions;
  readonly #departures = new Departures();
  /** To threads that have been told to start, with their ends. */
  readonly #lines = new Map<ThreadLine, Promise<void>>();
  readonly #backOff = new BackOff();
  /** Milliseconds that the successors of threads that died have to wait. */
  readonly #pausesMs: number[] = [];
  readonly #pauses = new Set<NodeJS.Timeout>();
  #stopping = false;
  readonly #serving = new Set<Promise<void>>();
  #threads: Threads | undefined;

  private constructor(roster: Roster, options: RunOptions) {
    this.#roster = roster;
    this.#options = options;
  }

  static async start(size: number, roster: Roster, options: RunOptions): Promise<ThreadPool> {
    const pool = new ThreadPool(roster, options);
    pool.#threads = await Threads.start({
      entry: 'pool-entry',
      count: size,
      workerData: undefined,
      onHello: (line, thread) => pool.#enlist(line, thread),
      onError: (error) => options.onError?.(error),
    });
    return pool;
  }

  get waiting(): number {
    return this.#threads!.waiting;
  }

  vacancy(): Promise<void> {
    return this.#departures.next();
  }

  serve(client: AcceptedClient): Promise<void> {
    const claim = newClaim();
    const served = this.#threads!.run({ ...client, claim } satisfies HandedClient)
      .catch((error: Error) => {
        closeUnlessTaken(client.fd, claim);
        this.#options.onError?.(new Error(`the thread of a client died: ${error.message}`));
      })
      .finally(() => {
        this.#serving.delete(served);
        this.#departures.happened();
      });
    this.#serving.add(served);
    return served;
  }

  reconfigure(options: JsonValue): void {
    this.#options = withOptions(this.#options, options);
    for (const line of this.#lines.keys()) line.tell('reconfigure', options);
  }

  drain(): void {
    this.#stopping = true;
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#pauses.clear();
    for (const line of this.#lines.keys()) line.tell('drain');
  }

  endClients(): void {
    for (const line of this.#lines.keys()) line.tell('end');
  }

  kill(): void {
    void this.#threads!.close();
  }

  /** Threads end their service when they are drained; the threads themselves end with the pool. */
  async finished(): Promise<void> {
    await Promise.all(this.#serving);
    await Promise.all(this.#lines.values());
  }

  dispose(): Promise<void> {
    return this.#threads!.close();
  }

  #enlist(port: MessagePort, thread: number): void {
    const unit = this.#roster.nextUnit();
    const wire = portWire(port);
    const started = performance.now();
    const line: ThreadLine = new Line<ParentDuties, UnitDuties>(wire, {
      ...this.#roster.enlist(
        unit,
        { process: process.pid, thread },
        contactOver(() => line),
      ),
      ready: () => {},
      failed: (reason) => {
        this.#lines.delete(line);
        // At first, that is the end of the pool.
        if (!this.#threads) return;
        this.#options.onError?.(new Error(`a thread cannot serve: ${reason}`));
        this.#startIn(this.#backOff.pauseAfter(0), start);
      },
      trouble: (reason) => this.#options.onError?.(new Error(reason)),
      readFile: readerOf(),
    });
    const ended = new Promise<void>((resolve) => {
      wire.onClose(() => {
        this.#roster.strike(unit);
        this.#lines.delete(line);
        this.#pausesMs.push(this.#backOff.pauseAfter(performance.now() - started));
        resolve();
      });
    });
    const start = () => {
      this.#lines.set(line, ended);
      line.tell('start', { unit, service: this.#options.service, standing: true });
    };
    this.#startIn(this.#pausesMs.shift() ?? 0, start);
  }

  /** A thread that waits here is there, but the pool gives it no client. */
  #startIn(ms: number, start: () => void): void {
    if (this.#stopping) return;
    if (ms === 0) {
      start();
      return;
    }
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      start();
    }, ms);
    this.#pauses.add(pause);
  }
}
