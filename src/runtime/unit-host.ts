/** The far side of a unit: runs in the child process or thread. The near side is unit.ts. */
import { isMainThread, threadId } from 'node:worker_threads';
import { take } from './claim.ts';
import { confine } from './confinement.ts';
import { KernelListener, streamOf } from './kernel-listener.ts';
import { Line } from './line.ts';
import type { HandedClient, ParentDuties, StartOrder, UnitDuties } from './messages.ts';
import type { Policy } from './policy.ts';
import { Reception, type Registry } from './reception.ts';
import { type JsonValue, loadModuleNow, loadService, type Service, type ServiceHost } from './service.ts';
import type { Wire } from './wire.ts';

/** What the file of an architecture exports for the children that accept for themselves. */
export interface ChapterModule {
  readonly inEachChild: Policy;
}

/** What a service has left running, such as an interval, is given up after this. */
const LEFT_RUNNING_MS = 2_000;

interface StartListener {
  readonly ready?: () => void;
  readonly failed?: (reason: string) => void;
}

/** Runs a service in this process or thread, as the parent at the other end of the wire says. */
export class UnitHost {
  readonly #line: Line<UnitDuties, ParentDuties>;
  readonly #wire: Wire;
  readonly #told: StartListener;
  readonly #spare = new Set<(address: string) => void>();
  #work: Work | undefined;
  #service: Service | undefined;
  /** What the parent has said since the order was given. */
  #options: JsonValue;
  /** What the parent said last, perhaps before there was anything to be stopped. */
  #stopped: 'drain' | 'end' | undefined;

  /** @param told hears what became of the start, before the parent does. */
  constructor(wire: Wire, told: StartListener = {}) {
    this.#wire = wire;
    this.#told = told;
    this.#line = new Line<UnitDuties, ParentDuties>(wire, {
      start: (order) => void this.start(order),
      reconfigure: (options) => this.#reconfigure(options),
      drain: () => this.#stop('drain'),
      end: () => this.#stop('end'),
      activities: () => this.#work?.reception.activities() ?? {},
      kick: (id) => void this.#work?.reception.kick(id),
      portWanted: (address) => {
        for (const spare of this.#spare) spare(address);
      },
    });
  }

  /** Works until there is nothing more to do, and lets go of everything. Never rejects. */
  async start(order: StartOrder): Promise<void> {
    try {
      if (order.confinement) {
        loadModuleNow(order.service.module)?.beforeConfinement?.();
        confine(order.confinement);
      }
      // Both before it is ready: what cannot be loaded would else be tried for ever, by one child after the other.
      const policy = order.listening && (await loadPolicy(order.listening.chapter));
      const service = await loadService(order.service, this.#host(order));
      this.#service = service;
      if (this.#options !== undefined) this.#reconfigure(this.#options);
      this.#work = this.#begin(order, service, policy);
      if (this.#stopped) this.#stop(this.#stopped);
      this.#told.ready?.();
      this.#line.tell('ready');
      await this.#work.done;
      await this.#work.reception.empty();
      await service[Symbol.asyncDispose]();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      process.exitCode = 1;
      this.#told.failed?.(reason);
      this.#line.tell('failed', reason);
      // The thread of a pool stays, and may be told to try again.
      if (order.standing) return;
    }
    this.#wire.close();
    // Only while something of the service still runs: the parent waits for the end of this process or thread.
    if (!order.standing) setTimeout(() => process.exit(), LEFT_RUNNING_MS).unref();
  }

  /** Serves a client that was handed over. Fulfilled when it has left. */
  async serve({ fd, claim, local, remote, entrance, id }: HandedClient): Promise<void> {
    // In this order: should the thread be ended in between, a descriptor is left open, and none is closed twice.
    if (claim && !take(claim)) return;
    const stream = streamOf({ fd });
    if (!stream) return;
    const reception = this.#stopped === 'end' ? undefined : this.#work?.reception;
    if (reception) await reception.welcome({ stream, local, remote, entrance, ...(id !== undefined && { id }) });
    else stream.destroy();
  }

  drain(): void {
    this.#stop('drain');
  }

  #begin(order: StartOrder, service: Service, policy: Policy | undefined): Work {
    const { unit, listening, client, standing } = order;
    const reception = new Reception({ service, registry: this.#registry(), words: order.service, unit });
    if (listening && policy) return this.#accept(listening.fds, reception, policy);
    // Its caller has to be here first: serve() asks for the work.
    if (client) return { reception, done: Promise.resolve().then(() => this.serve(client)), stop: ignore };
    if (!standing) return { reception, done: Promise.resolve(), stop: ignore };
    let stop!: () => void;
    const done = new Promise<void>((resolve) => {
      stop = resolve;
    });
    return { reception, done, stop };
  }

  #accept(fds: readonly number[], reception: Reception, policy: Policy): Work {
    const listener = KernelListener.inherited(fds, ({ message }) => this.#line.tell('trouble', message));
    const done = policy(
      listener.connections(() => reception.mayAccept()),
      (arrival) => reception.welcome(arrival),
    );
    return { reception, done, stop: () => listener.close() };
  }

  #reconfigure(options: JsonValue): void {
    this.#options = options;
    this.#service?.reconfigure?.(options);
  }

  #stop(how: 'drain' | 'end'): void {
    this.#stopped = how;
    this.#work?.stop();
    this.#work?.reception[how]();
  }

  #host({ confinement }: StartOrder): ServiceHost {
    const line = this.#line;
    return {
      place: { process: process.pid, ...(isMainThread ? {} : { thread: threadId }) },
      board: { who: () => line.ask('who'), kick: (id) => line.ask('kick', id) },
      ports: {
        acquire: (range, wish) => line.ask('acquirePort', range, wish),
        giveBack: (port, address) => line.tell('giveBackPort', port, address),
        onWanted: (spare) => void this.#spare.add(spare),
      },
      rates: { take: (name, perSecond, wanted) => line.ask('takeOfRate', name, perSecond, wanted) },
      ...(confinement && { readFile: (path: string) => line.ask('readFile', path) }),
    };
  }

  #registry(): Registry {
    const line = this.#line;
    return {
      arrive: (client) => line.ask('arrive', client),
      logIn: (id, user) => line.ask('logIn', id, user),
      logOut: (id) => line.tell('logOut', id),
      loginFailed: (id, user) => line.ask('loginFailed', id, user),
      leave: (id) => line.mention('leave', id),
    };
  }
}

interface Work {
  readonly reception: Reception;
  /** Fulfilled when nobody will come any more. */
  readonly done: Promise<void>;
  /** Lets nobody in any more. */
  stop(): void;
}

async function loadPolicy(chapter: string): Promise<Policy> {
  const { inEachChild } = (await import(chapter)) as Partial<ChapterModule>;
  if (!inEachChild) throw new Error(`${chapter} does not export inEachChild`);
  return inEachChild;
}

function ignore(): void {}
