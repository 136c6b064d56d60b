/** The candidates of one workload, running. */
import type { RunningCandidate } from '../candidates/running-candidate.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Contestant } from './contestant.ts';
import type { Stage } from './stage.ts';

/** To start more at a time would only make each of them slower. */
const STARTED_AT_A_TIME = 3;
/** A candidate that fails so often, or so slowly, with one number of clients is left alone; with more clients it is not tried at all. */
const [MOST_FAILURES, MOST_SECONDS] = [2, 2];

/** One candidate: its server while it serves, and what is known against it. */
export class Place implements AsyncDisposable {
  readonly contestant: Contestant;
  readonly #stage: Stage;
  readonly #workload: Workload;
  readonly #clients: number;
  #server: RunningCandidate | undefined;
  /** By the number of clients at which they were: how often, how long it took, and the last one. */
  readonly #failures = new Map<number, { times: number; seconds: number; trouble: string }>();

  constructor(contestant: Contestant, stage: Stage, workload: Workload, clients: number) {
    this.contestant = contestant;
    this.#stage = stage;
    this.#workload = workload;
    this.#clients = clients;
  }

  /** Why it is not tried with so many clients; undefined when it is. */
  givenUpAt(clients: number): string | undefined {
    for (const [count, { times, seconds, trouble }] of this.#failures) {
      if (count === clients && (times >= MOST_FAILURES || seconds >= MOST_SECONDS)) return trouble;
      if (count < clients) return `with ${count} clients already, ${trouble}`;
    }
    return undefined;
  }

  /** The server, started where there is none. @throws Error when it does not start. */
  async server(): Promise<RunningCandidate> {
    if (this.#server?.alive) return this.#server;
    await this.stop();
    const { service, files } = this.#workload;
    this.#server = await this.#stage.start(this.contestant.serving(service), files, this.#clients);
    return this.#server;
  }

  /** After trouble nobody knows what state it is in: the next turn gets a new server. */
  async failed(clients: number, trouble: string, seconds: number): Promise<void> {
    const before = this.#failures.get(clients) ?? { times: 0, seconds: 0 };
    this.#failures.set(clients, { times: before.times + 1, seconds: before.seconds + seconds, trouble });
    await this.stop();
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    await server?.[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts the servers of all places, some at a time; what keeps one from starting is told when its turn comes. */
export async function startAll(places: readonly Place[]): Promise<void> {
  const waiting = [...places];
  const startOneAfterTheOther = async (): Promise<void> => {
    for (let place = waiting.shift(); place; place = waiting.shift()) await place.server().catch(() => {});
  };
  await Promise.all(Array.from({ length: STARTED_AT_A_TIME }, startOneAfterTheOther));
}
