/** What is said of a record: medians with spread, marks, and who is best. */
import type { CandidateRecord, FigureRecord, Outcome, ServerUse, WorkloadRecord } from './record.ts';

/** A middle with what lies around it. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Values. */
  readonly count: number;
}

/** All repetitions of one candidate at one number of clients. */
export interface Cell {
  readonly candidate: string;
  readonly clients: number;
  /** The worst of its runs, but `ok` when most were. */
  readonly outcome: Outcome;
  /** Of the runs that were not ok, each text once. */
  readonly troubles: readonly string[];
  /** By the key of the figure; only of runs that were ok. */
  readonly figures: Readonly<Record<string, Spread>>;
  /** Medians for each of PERCENTS. */
  readonly latencyMs?: readonly number[];
  /** Medians. */
  readonly server?: ServerUse;
  /** Errors of all runs. */
  readonly errors: number;
  /** The headline figures of its runs lie further apart than the machine's noise should let them. */
  readonly noisy: boolean;
  /** The client may be what limits it: it came within 20 % of its own limit. */
  readonly clientLimited: boolean;
  /** The headline figure over the best one's among our architectures and peers, from 0 to 1 (1 is the best); undefined when not ok. */
  readonly ofBest?: number;
}

export interface WorkloadSummary {
  readonly workload: WorkloadRecord;
  readonly headline: FigureRecord;
  /** In the order of the candidates, then of the number of clients. */
  readonly cells: readonly Cell[];
  /** Those at `headlineClients`, in the order of the candidates. */
  readonly headlineCells: readonly Cell[];
  /** Whether so many cells are noisy that its order says little. */
  readonly noisy: boolean;
}

/** Which one for me: a rule with what it has found. */
export interface Advice {
  /** What somebody has or wants, such as "Many clients that mostly idle". */
  readonly situation: string;
  /** Names of architectures, the best first; empty when the record does not tell. */
  readonly choice: readonly string[];
  /** In a sentence, with figures. */
  readonly because: string;
  /** The rule, so that anybody can apply it to the numbers. */
  readonly rule: string;
}

export interface Summary {
  readonly candidates: readonly CandidateRecord[];
  readonly workloads: readonly WorkloadSummary[];
  readonly advice: readonly Advice[];
}
