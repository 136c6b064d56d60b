/** Clients that work at a pace. */
import { setMaxListeners } from 'node:events';
import { type Account, type Client, takesItsTime } from './client.ts';
import { type Clock, wait } from './clock.ts';
import type { Driver } from './driver.ts';
import { kindOf } from './operation-error.ts';
import { begin } from './pace.ts';
import type { FtpPlan, LoadResult, Pace } from './plan.ts';
import { Recorder } from './recorder.ts';

/** More at once would measure the queue of listen(2). */
const PREPARED_AT_ONCE = 100;

export interface CrowdPlan {
  readonly clients: number;
  /** Undefined for clients that are only there. */
  readonly pace: Pace | undefined;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly operations?: number | undefined;
  readonly patienceMs: number;
  readonly timelineMs?: number | undefined;
  /** Whether operations that are under way at the end are waited for. */
  readonly finishes: boolean;
}

export function crowdPlan(plan: FtpPlan): CrowdPlan {
  const { pace, operation } = plan;
  return { ...plan, pace: operation.length > 0 ? pace : undefined, finishes: !takesItsTime(operation) };
}

export class Crowd implements Driver {
  readonly #plan: CrowdPlan;
  readonly #clock: Clock;
  readonly #clients: readonly Client[];
  readonly #recorder: Recorder;
  readonly #over = new AbortController();

  /** @param makeClient by number, from 0. */
  constructor(plan: CrowdPlan, clock: Clock, makeClient: (account: Account, number: number) => Client) {
    this.#plan = plan;
    this.#clock = clock;
    const recorder = new Recorder(plan.timelineMs);
    this.#recorder = recorder;
    const account: Account = {
      octets: (count) => recorder.octets(count),
      wrong: (words) => recorder.wrong(words),
      lost: () => recorder.lost(),
    };
    // Each of them may wait for it.
    setMaxListeners(0, this.#over.signal);
    this.#clients = Array.from({ length: plan.clients }, (_, number) => makeClient(account, number));
  }

  async prepare(): Promise<void> {
    const clients = this.#clients.entries();
    const oneAfterTheOther = async () => {
      for (const [number, client] of clients) {
        await client.prepare().catch((error) => {
          throw new Error(`client ${number + 1} of ${this.#clients.length} cannot begin: ${kindOf(error)}`);
        });
      }
    };
    await Promise.all(Array.from({ length: PREPARED_AT_ONCE }, oneAfterTheOther));
  }

  async run(measuring: () => void): Promise<LoadResult> {
    const { pace, warmUpSeconds, seconds, operations = Number.POSITIVE_INFINITY } = this.#plan;
    const { patienceMs, finishes } = this.#plan;
    const recorder = this.#recorder;
    const order = { clients: this.#clients, recorder, over: this.#over.signal, operations, clock: this.#clock };
    // Without warming up the first operation is measured too.
    if (warmUpSeconds === 0) recorder.start();
    const work = pace && begin(pace, order);
    if (warmUpSeconds > 0) {
      await wait(warmUpSeconds, this.#over.signal);
      recorder.start();
    }
    measuring();
    const isCounted = operations < Number.POSITIVE_INFINITY;
    await Promise.race([wait(seconds, this.#over.signal), ...(isCounted && work ? [work.done] : [])]);
    // A number of operations takes as long as the last of them.
    if (!isCounted) recorder.end();
    this.#over.abort();
    if (work && finishes) {
      await within(patienceMs, work.done);
      work.abandon();
    }
    recorder.end();
    return recorder.result(this.#clients.filter(({ connected }) => connected).length);
  }

  stop(): void {
    this.#over.abort();
  }

  close(): void {
    this.#over.abort();
    for (const client of this.#clients) client.close();
  }
}

async function within(milliseconds: number, done: Promise<void>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([done, wait(milliseconds / 1e3, enough.signal)]);
  enough.abort();
}
