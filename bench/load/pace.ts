/** When clients begin their operations, and what is counted of them. */
import type { Client } from './client.ts';
import { type Clock, wait } from './clock.ts';
import { kindOf } from './operation-error.ts';
import type { Pace } from './plan.ts';
import type { Recorder } from './recorder.ts';

/** After an operation that failed a client tries again no sooner: a server that refuses is not asked as fast as it can be. */
const RETRY_SECONDS = 0.02;

export interface Work {
  /** Fulfilled when nothing is under way, after `over`, or when all operations that there are to be have been done. */
  readonly done: Promise<void>;
  /** What is not done by now counts as an error, and its client loses its connection. */
  abandon(): void;
}

export interface Order {
  readonly clients: readonly Client[];
  readonly recorder: Recorder;
  /** No operation begins after it. */
  readonly over: AbortSignal;
  /** Of those that are measured. */
  readonly operations: number;
  readonly clock: Clock;
}

export function begin(pace: Pace, order: Order): Work {
  return pace.kind === 'closed' ? closedLoop(order) : openLoop(order, pace.perSecond);
}

function closedLoop({ clients, recorder, over, operations }: Order): Work {
  const mayBegin = budget(operations, recorder);
  const workers = clients.map((client) => new Worker(client, recorder, over));
  const keepBusy = async (worker: Worker) => {
    while (!over.aborted && mayBegin(performance.now())) await worker.operate();
  };
  return {
    done: Promise.all(workers.map(keepBusy)).then(() => {}),
    abandon: () => abandonAll(workers),
  };
}

function openLoop({ clients, recorder, over, operations, clock }: Order, perSecond: number): Work {
  const mayBegin = budget(operations, recorder);
  const workers = clients.map((client) => new Worker(client, recorder, over));
  const everyMs = 1e3 / perSecond;
  let due = performance.now();
  let turn = 0;
  const allDue = new Promise<void>((resolve) => {
    over.addEventListener('abort', () => resolve());
    const assign = () => {
      const now = performance.now();
      for (; due <= now && !over.aborted; due += everyMs) {
        if (!mayBegin(due)) return resolve();
        workers[turn++ % workers.length]!.add(due);
      }
      if (!over.aborted) clock.at(due, assign);
    };
    assign();
  });
  return {
    done: allDue.then(() => Promise.all(workers.map((worker) => worker.idle))).then(() => {}),
    abandon: () => abandonAll(workers),
  };
}

/** @returns asks for one more operation, to begin at a moment: those of warming up cost nothing. */
function budget(operations: number, recorder: Recorder): (moment: number) => boolean {
  let left = operations;
  return (moment) => !recorder.measures(moment) || left-- > 0;
}

function abandonAll(workers: readonly Worker[]): void {
  for (const worker of workers) worker.abandon();
}

/** A client with what it has to do. */
class Worker {
  readonly #client: Client;
  readonly #recorder: Recorder;
  readonly #over: AbortSignal;
  /** When those should have begun that wait for the client to be done with others. */
  #queue: number[] = [];
  /** The same of the one that is under way. */
  #underWay: number | undefined;
  #abandoned = false;
  /** Fulfilled when its queue is empty. */
  idle: Promise<void> = Promise.resolve();
  #isIdle = true;

  constructor(client: Client, recorder: Recorder, over: AbortSignal) {
    this.#client = client;
    this.#recorder = recorder;
    this.#over = over;
  }

  /** @param due performance.now() at which it should begin. */
  add(due: number): void {
    this.#queue.push(due);
    if (this.#isIdle) this.idle = this.#workOff();
  }

  /** One operation, whatever comes of it. */
  async operate(due?: number): Promise<void> {
    const began = performance.now();
    this.#underWay = due ?? began;
    try {
      await this.#client.operate();
      if (!this.#abandoned) this.#recorder.operation(began, due);
    } catch (error) {
      if (this.#abandoned) return;
      this.#recorder.error(kindOf(error));
      await wait(RETRY_SECONDS, this.#over);
    } finally {
      this.#underWay = undefined;
    }
  }

  abandon(): void {
    this.#abandoned = true;
    const unfinished = [...(this.#underWay === undefined ? [] : [this.#underWay]), ...this.#queue];
    if (unfinished.length === 0) return;
    this.#queue = [];
    for (const _ of unfinished) this.#recorder.error('not finished in time');
    this.#client.close();
  }

  async #workOff(): Promise<void> {
    this.#isIdle = false;
    for (let due = this.#queue.shift(); due !== undefined; due = this.#queue.shift()) await this.operate(due);
    this.#isIdle = true;
  }
}
