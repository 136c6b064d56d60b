import { BackOff } from './back-off.ts';
import type { StartOrder } from './messages.ts';
import type { Roster } from './roster.ts';
import { Unit } from './unit.ts';
import { UnitSet } from './unit-set.ts';

export interface CrewOptions {
  readonly size: number;
  readonly roster: Roster;
  readonly order: (unit: number) => StartOrder;
  readonly onError: (error: Error) => void;
}

/** A fixed number of child processes. One that dies is replaced; if they keep dying, at growing intervals. */
export class Crew {
  readonly #options: CrewOptions;
  /** Those that run. */
  readonly units = new UnitSet();
  readonly #pauses = new Set<NodeJS.Timeout>();
  readonly #backOff = new BackOff();
  #replacing = false;

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /**
   * Starts all children. Fulfilled when all would serve.
   * @throws UnitFailedError of the first one that cannot; then none is left. A crew that never worked is not tried again.
   */
  async start(): Promise<void> {
    const units = Array.from({ length: this.#options.size }, () => this.#add());
    try {
      await Promise.all(units.map(({ ready }) => ready));
    } catch (error) {
      this.units.kill();
      await this.units.finished();
      throw error;
    }
    this.#replacing = true;
    for (const unit of units) void this.#watch(unit);
  }

  stopReplacing(): void {
    this.#replacing = false;
    for (const pause of this.#pauses) clearTimeout(pause);
    this.#pauses.clear();
  }

  #add(): Unit {
    const { roster, order, onError } = this.#options;
    const unit = new Unit({ kind: 'process', roster, order: order(roster.nextUnit()), onTrouble: onError });
    this.units.add(unit);
    return unit;
  }

  async #watch(unit: Unit): Promise<void> {
    const started = performance.now();
    const end = await unit.ended;
    if (!this.#replacing) return;
    if (end !== undefined) this.#options.onError(new Error(`child ${unit.place.process} ${end}`));
    this.#replaceIn(this.#backOff.pauseAfter(performance.now() - started));
  }

  #replaceIn(ms: number): void {
    const pause = setTimeout(() => {
      this.#pauses.delete(pause);
      void this.#watch(this.#add());
    }, ms);
    this.#pauses.add(pause);
  }
}
