/** A run of the bench as it is kept in a file: what was measured, on what, by whom. Everything else is derived from it. */

/** The form of the file; another number is another form. */
export const RECORD_FORMAT = 1;

/** Of which latencies are kept, in per cent. */
export const PERCENTS = [0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.99, 100] as const;

export interface BenchRecord {
  readonly format: typeof RECORD_FORMAT;
  /** ISO 8601, in UTC. */
  readonly began: string;
  readonly ended: string;
  /** Interrupted: some of the runs are missing, and what is said of the others holds. */
  readonly status: 'complete' | 'interrupted';
  /** As it was typed, without the program. */
  readonly commandLine: readonly string[];
  readonly environment: Environment;
  /** In the order in which they are shown: our architectures in the order of the book, then the others. */
  readonly candidates: readonly CandidateRecord[];
  readonly workloads: readonly WorkloadRecord[];
  /** What the load clients can do at the most, measured first. */
  readonly limits: readonly ClientLimit[];
  readonly runs: readonly Run[];
  /** What a reader should know: peers that are missing, descriptors that were too few. */
  readonly notes: readonly string[];
}

export interface Environment {
  readonly processor: string;
  /** That this process may use (availableParallelism). */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly kernel: string;
  readonly node: string;
  /** Of ohai-ftpd. */
  readonly version: string;
  /** Abbreviated; with `+` behind it when the work tree was not clean; undefined outside a repository. */
  readonly commit?: string;
  /** Averages of one minute (getloadavg(3)), before the first run and after the last. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** RLIMIT_NOFILE of the bench; undefined where there is no limit. */
  readonly descriptors?: number;
  /** Where the files were: a type of file system, such as tmpfs. */
  readonly files: string;
}

export interface CandidateRecord {
  readonly name: string;
  readonly kind: 'architecture' | 'peer';
  /** As it tells it. */
  readonly version?: string;
  /** Clients at a time, in words: see `Traits` of an architecture. */
  readonly atATime?: string;
}

/** What one workload measures: a row of the report. */
export interface WorkloadRecord {
  readonly name: string;
  /** A few words, such as "short sessions". */
  readonly title: string;
  /** What it answers, a sentence that ends with a question mark. */
  readonly question: string;
  /** How it is done, some sentences. */
  readonly method: string;
  readonly group: WorkloadGroup;
  /** The first is the one that candidates are compared by. */
  readonly figures: readonly FigureRecord[];
  /** How many clients there are in its runs, ascending; more than one number is a curve. */
  readonly clients: readonly number[];
  /** The number of clients of which the headline tells. */
  readonly headlineClients: number;
  readonly repetitions: number;
  /** How long a run measures, at the most. */
  readonly seconds: number;
  /** What its latencies are of, such as "one session"; undefined where it has none. */
  readonly latencyOf?: string;
  /** Claims of the book that it puts to the test: B1 to B23. */
  readonly claims: readonly string[];
}

export type WorkloadGroup = 'sessions' | 'transfers' | 'many clients' | 'trouble' | 'other services';

export interface FigureRecord {
  /** Of `Run.figures`. */
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'more' | 'less';
}

export type Unit = '/s' | 'B/s' | 'ms' | 's' | 'B' | 'count' | 'B/client';

/** One run: one workload, one candidate, one number of clients. */
export interface Run {
  readonly workload: string;
  readonly candidate: string;
  readonly clients: number;
  /** From 0. */
  readonly repetition: number;
  /** Since the bench began. */
  readonly atSeconds: number;
  readonly outcome: Outcome;
  /** What went wrong, for people; undefined when nothing did. */
  readonly trouble?: string;
  /** The rest is undefined, or empty, where it has not been measured. */
  readonly seconds?: number;
  readonly operations?: number;
  readonly octets?: number;
  readonly figures: Readonly<Record<string, number>>;
  /** In milliseconds, for each of PERCENTS. */
  readonly latencyMs?: readonly number[];
  readonly latencyCount?: number;
  /** How often, by what went wrong. */
  readonly errors: Readonly<Record<string, number>>;
  readonly server?: ServerUse;
  readonly client?: ClientUse;
  readonly timeline?: Timeline;
}

/**
 * `ok`: done, and what came was right. `failed`: it did not start, died, hung or refused. `wrong`: octets or counts were not
 * those that they had to be. `skipped`: this candidate cannot do it by its nature, such as two clients at once with `serial`.
 */
export type Outcome = 'ok' | 'failed' | 'wrong' | 'skipped';

/** Of all processes of the candidate, while it was measured. */
export interface ServerUse {
  readonly processorSeconds: number;
  /** When the clients had done their work and were still there. */
  readonly pssBytes: number;
  readonly rssBytes: number;
  /** The most that was seen. */
  readonly threads: number;
  readonly processes: number;
  readonly descriptors: number;
  readonly voluntarySwitches: number;
  readonly involuntarySwitches: number;
}

export interface ClientUse {
  readonly processes: number;
  readonly processorSeconds: number;
  /** The rate over the client's own limit: from 0.8 on, the client may be what limits. */
  readonly limitShare?: number;
}

/** Counts by time, from the start of the measurement. */
export interface Timeline {
  readonly everyMs: number;
  readonly operations: readonly number[];
  readonly errors: readonly number[];
  /** What happened when, such as the kill of a unit. */
  readonly events: readonly { readonly atMs: number; readonly text: string }[];
}

export interface ClientLimit {
  /** Of the load clients: `sockets`, `basic-ftp`, `autocannon`, `cloud-hash`. */
  readonly driver: string;
  readonly title: string;
  readonly perSecond: number;
  readonly unit: Unit;
}
