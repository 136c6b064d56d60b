/** What a workload is: mostly data, which the harness carries out. */
import type { Service } from '../candidates/ohai-ftpd.ts';
import type { ServerAddress } from '../client/ftp-client.ts';
import type { LoadPlan, LoadResult } from '../load/plan.ts';
import type { FigureRecord, ServerUse, WorkloadRecord } from '../record/record.ts';

export interface Workload
  extends Pick<WorkloadRecord, 'name' | 'title' | 'question' | 'method' | 'group' | 'claims' | 'latencyOf'> {
  /** What candidates must serve; others than FTP only ours do. */
  readonly service: Service;
  /** The first is the one that candidates are compared by. */
  readonly figures: readonly [Figure, ...Figure[]];
  readonly files: readonly ServedFile[];
  /** That clients store, at the most, before it is removed again. */
  readonly storedOctets?: number;
  /** For `npm run bench`; undefined: only with --full. */
  readonly quick?: Extent;
  readonly full: Extent;
  /** Its number of clients is part of what it is, and not to be changed from the command line. */
  readonly fixedClients?: true;
  /** Its clients are connected at the same time, and stay: nobody is served in the place of one who has left. */
  readonly clientsStay?: true;
  /** What a client takes of the memory is a figure of it: the empty server is weighed before, when one client has come and left. */
  readonly weighsClients?: true;
  /** Each run has a server that nobody has used. */
  readonly freshServer?: true;
  /** Why peers do not take part, where they do not. */
  readonly notForPeers?: string;
  /** What the clients do. */
  loads(setting: Setting): Loads;
  /** A unit is ended so many seconds after the start of the measurement, and the server started again if it is gone. */
  readonly crashAfterSeconds?: number;
}

/** How much of it is done. */
export interface Extent {
  /** Clients, ascending; a run for each number. */
  readonly clients: readonly number[];
  readonly headlineClients: number;
  /** Of each run, after `warmUpSeconds`. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly repetitions: number;
  /** What a run usually takes, where it ends after so many operations and `seconds` is only the most. */
  readonly usualSeconds?: number;
}

/** A file, or a folder of empty ones, that is offered to clients. */
export type ServedFile =
  | { readonly name: string; readonly octets: number; readonly sparse?: boolean }
  | { readonly name: string; readonly entries: number };

/** What a plan is made for. */
export interface Setting {
  readonly server: ServerAddress;
  readonly clients: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Where the server has a file. */
  pathOf(name: string): string;
  /** In hexadecimal digits, of a file that is not sparse. */
  sha256Of(name: string): string;
}

export interface Loads {
  readonly measured: LoadPlan;
  /** Goes on as long as the other is measured. */
  readonly beside?: LoadPlan;
  /**
   * What lies on the server afterwards: the pattern of `store-pattern.ts`. All of them have to have so many octets, and the
   * last one the right digest.
   */
  readonly uploads?: Uploads;
}

export interface Uploads {
  /** Stored before anything is measured. */
  readonly prepared: readonly string[];
  /** Of the operations, in their order; those at the end may not have been begun in time. */
  readonly names: readonly string[];
  /** Of each. */
  readonly octets: number;
}

/** What a figure is computed from. */
export interface Outcomes {
  readonly measured: LoadResult;
  readonly beside?: LoadResult;
  readonly server: ServerUse;
  /** Of the server before the crowd came, where clients are weighed. */
  readonly emptyPssBytes?: number;
  readonly clients: number;
  /** When the unit was ended, since the start of the measurement. */
  readonly crashedAtMs?: number;
}

export interface Figure extends FigureRecord {
  /** Undefined when the run does not tell. */
  of(outcomes: Outcomes): number | undefined;
}
