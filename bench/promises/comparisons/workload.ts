import type { Candidate } from '../../candidates/candidate.ts';
import type { RunningCandidate } from '../../candidates/running-candidate.ts';
import type { SourceFile } from '../../files/source-file.ts';
import type { FtpLoad } from '../ftp-load.ts';
import type { Measurement } from '../report.ts';

/** What the command line may change. */
export interface Sizes {
  /** Of the file of one client. */
  readonly mebibytes: number;
  /** Clients at once. */
  readonly clients: number;
  /** Of the file of each of them, in millions of octets. */
  readonly megabytes: number;
  /** Short sessions in each run. */
  readonly sessions: number;
  /** Clients that do nothing beside one that downloads. */
  readonly idle: number;
}

/** Ours: one architecture. */
export interface OwnCandidate extends Candidate {
  /** The bounds are for this one; the others inform. */
  readonly isBound: boolean;
  /** Whether it serves as many clients at a time as come. */
  readonly servesAll: boolean;
}

/** What a workload has to work with. @typeParam S what the command line may change. */
export interface Stage<S = Sizes> {
  readonly ours: readonly OwnCandidate[];
  readonly peers: readonly Candidate[];
  readonly sizes: S;
  /** Runs that count, after others that do not. */
  readonly rounds: number;
  readonly load: FtpLoad;
  /** Whether servers and clients speak TLS. */
  readonly secure: boolean;
  /** A file with random octets, made at the first call. */
  source(octets: number): Promise<SourceFile>;
  /** Each on an address of its own. @throws Error when it does not start. */
  start(candidate: Candidate): Promise<RunningCandidate>;
  note(text: string): void;
}

export interface Workload<S = Sizes> {
  readonly name: string;
  run(stage: Stage<S>): AsyncIterable<Measurement>;
}
