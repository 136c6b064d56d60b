import type { LoadPlan, LoadResult } from './plan.ts';

/** A crowd of clients, in the process of the load. */
export interface Driver {
  /** Fulfilled when all clients have done what they do before the clock starts. @throws Error that says what went wrong. */
  prepare(): Promise<void>;
  /**
   * Warms up and measures; clients that keep their connections still have them afterwards.
   * @param measuring called when the warming up is over.
   */
  run(measuring: () => void): Promise<LoadResult>;
  /** Ends the measurement now: `run` is fulfilled when what is under way is done. */
  stop(): void;
  /** Ends all connections. */
  close(): void;
}

export type DriverOf<Plan extends LoadPlan> = (plan: Plan) => Driver;
