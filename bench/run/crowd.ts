import { Load } from '../load/load.ts';
import type { LoadPlan, LoadResult } from '../load/plan.ts';

/**
 * Clients that are sent to one server after another. Their process is the same all the time, so that what they compile while
 * they run is not measured with each of the servers.
 */
export class Crowd implements AsyncDisposable {
  #load: Load | undefined;

  /** Has all clients do what they do before the clock starts. @throws Error that says what went wrong. */
  async prepare(plan: LoadPlan): Promise<void> {
    if (this.#load) await this.#load.change(plan);
    else this.#load = await Load.start(plan);
    await this.#load.prepare();
  }

  /** @param measuring called when the warming up is over. */
  run(measuring?: () => void): Promise<LoadResult> {
    return this.#load!.run(measuring);
  }

  /** Ends what `run` began. */
  stop(): Promise<LoadResult> {
    return this.#load!.stop();
  }

  /** All connections end. A process that does not answer any more is replaced when it is needed again. */
  async leave(): Promise<void> {
    await this.#load?.leave().catch(() => this[Symbol.asyncDispose]());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const load = this.#load;
    this.#load = undefined;
    await load?.[Symbol.asyncDispose]();
  }
}
