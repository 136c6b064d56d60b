import type { Chance } from './chance.ts';

/** One thing to throw dice at. Each has a file of its own in scenarios/; index.ts there lists them. */
export interface FuzzScenario {
  /** A sentence, for the report. */
  readonly title: string;
  /** Part of the time that this one gets, in relation to the others'. */
  readonly weight: number;
  /**
   * Runs until `more()` says no, which it is to be asked between any two cases.
   * @param chance the only source of chance, so that the same seed gives the same cases.
   * @returns how many cases were run. @throws when one of them shows a fault; the report adds the seed.
   */
  run(chance: Chance, more: () => boolean): Promise<number>;
}
