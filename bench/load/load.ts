/** Load clients, in a process of their own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { OwnedChild } from '../processes/owned-child.ts';
import { spawnWithDescriptors } from '../processes/spawn-with-descriptors.ts';
import type { FromLoad, ToLoad } from './messages.ts';
import type { LoadPlan, LoadResult } from './plan.ts';

const PROGRAM = fileURLToPath(import.meta.url.replace(/load(\.\w+)$/, 'load-process$1'));
/** More than any plan needs: as many as the system permits. */
const DESCRIPTORS = 1_000_000;
/** Preparing is done by so many at a time, see crowd.ts. */
const PREPARED_AT_ONCE = 100;
/** Of plans that say nothing of it. */
const PATIENCE_MS = 10_000;
/** Beyond what the clients themselves take at the most: the machine may be busy. */
const GRACE_MS = 15_000;

type Answer<Is> = Extract<FromLoad, { readonly is: Is }>;

export class Load implements AsyncDisposable {
  #plan: LoadPlan;
  readonly #child: OwnedChild;
  #running: Promise<LoadResult> | undefined;
  #measuring: () => void = () => {};

  private constructor(plan: LoadPlan, child: ChildProcess) {
    this.#plan = plan;
    this.#child = new OwnedChild(child);
  }

  /** Starts the process; nobody connects yet. @throws Error when it does not start. */
  static async start(plan: LoadPlan): Promise<Load> {
    const load = new Load(plan, spawnWithDescriptors(DESCRIPTORS, [PROGRAM], true));
    try {
      await load.#answer('ready', GRACE_MS);
      await load.change(plan);
      return load;
    } catch (error) {
      await load[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.process.pid!;
  }

  /**
   * Has the same process follow another plan: what it has compiled, stays. The clients of the last plan leave.
   * @throws Error when it does not.
   */
  async change(plan: LoadPlan): Promise<void> {
    this.#plan = plan;
    this.#running = undefined;
    await this.#ask({ do: 'make', plan }, 'made', GRACE_MS);
  }

  /** Fulfilled when every client has connected, and whatever else it is to do first. @throws Error that says what went wrong. */
  async prepare(): Promise<void> {
    const rounds = Math.ceil(this.#plan.clients / PREPARED_AT_ONCE);
    await this.#ask({ do: 'prepare' }, 'prepared', rounds * this.#patienceMs * 2 + GRACE_MS);
  }

  /**
   * Warms up and measures. The clients stay connected.
   * @param measuring called when the warming up is over. @throws Error when they hang: a server that does is a result.
   */
  run(measuring: () => void = () => {}): Promise<LoadResult> {
    this.#measuring = measuring;
    const { warmUpSeconds, seconds } = this.#plan;
    const limitMs = (warmUpSeconds + seconds) * 1e3 + this.#patienceMs + GRACE_MS;
    this.#running = this.#ask({ do: 'run' }, 'done', limitMs).then(({ result }) => result);
    return this.#running;
  }

  /** Ends what `run` began. @returns its result. */
  async stop(): Promise<LoadResult> {
    if (!this.#running) throw new Error('there is nothing to be stopped');
    this.#say({ do: 'stop' });
    return withLimit(this.#running, this.#patienceMs + GRACE_MS);
  }

  /** Ends all connections; the process stays, for another plan. */
  async leave(): Promise<void> {
    await this.#ask({ do: 'leave' }, 'left', GRACE_MS);
  }

  /** Ends all connections, and the process. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }

  get #patienceMs(): number {
    return 'patienceMs' in this.#plan ? this.#plan.patienceMs : PATIENCE_MS;
  }

  #say(message: ToLoad): void {
    this.#child.process.send(message);
  }

  #ask<Is extends FromLoad['is']>(message: ToLoad, expected: Is, limitMs: number): Promise<Answer<Is>> {
    const answer = this.#answer(expected, limitMs);
    this.#say(message);
    return answer;
  }

  async #answer<Is extends FromLoad['is']>(expected: Is, limitMs: number): Promise<Answer<Is>> {
    const settled = new AbortController();
    const { signal } = settled;
    try {
      const message = this.#message(signal);
      const ended = once(this.#child.process, 'exit', { signal }).then(([code, killed]) => {
        throw new Error(`the process of the load clients has ended: ${killed ?? `status ${code}`}`);
      });
      const answer = await withLimit(Promise.race([message, ended]), limitMs);
      if (answer.is === 'failed') throw new Error(answer.why);
      if (answer.is !== expected) throw new Error(`the load clients are ${answer.is}, and not ${expected}`);
      return answer as Answer<Is>;
    } finally {
      settled.abort();
    }
  }

  /** The next one that is waited for. @param signal aborted when nobody waits any more. */
  #message(signal: AbortSignal): Promise<FromLoad> {
    const { process } = this.#child;
    return new Promise((resolve) => {
      const heard = (message: FromLoad) => (message.is === 'measuring' ? this.#measuring() : resolve(message));
      process.on('message', heard);
      signal.addEventListener('abort', () => process.off('message', heard), { once: true });
    });
  }
}

/** @throws Error when it takes longer. Infinity is no limit. */
async function withLimit<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  if (!Number.isFinite(limitMs)) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the load clients hang: ${limitMs / 1e3} s are over`)), limitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
