import type { Limits, Presence } from './board.ts';
import type { Confinement } from './confinement.ts';
import type { Endpoint, JsonValue, ServiceSpec } from './service.ts';

/** An architecture: a way to get clients served. Its file holds its policy; the mechanisms are beside this one. */
export interface Runner {
  /** As in `--architecture NAME` and `npm run start:NAME`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for the table of architectures. */
  readonly summary: string;
  /** What the book calls it, and where. */
  readonly pattern: string;
  readonly traits: Traits;
  /** Its clients are served in child processes, which can be confined (RunOptions.confinement). */
  readonly confinable?: true;
  /** Starts to serve; fulfilled when a client that connects would be served. */
  run(options: RunOptions): Promise<RunningServer>;
}

/** What one may expect of an architecture, in words: the columns of the table in README.md. */
export interface Traits {
  readonly accepts: string;
  readonly serves: string;
  /** Clients served at the same time. */
  readonly atATime: string;
  /** What becomes of a client that comes when all are busy. */
  readonly whenBusy: string;
  readonly aCrashTakes: string;
}

export interface RunOptions {
  readonly service: ServiceSpec;
  readonly listen: ListenOptions;
  /** Further addresses for the same clients and limits; a service can tell which one a client came by (ControlConnection.entrance). */
  readonly alsoListen?: readonly ListenOptions[];
  /** Processes or threads that serve, where their number is fixed: 1…1024. Each architecture has its own default. */
  readonly workers?: number;
  /** Clients served at a time, where each gets a process or thread of its own; the others wait (1 or more, default 256). */
  readonly maxConnections?: number;
  /** Clients or requests that may wait for a thread of a pool (1 or more, default 256); what comes then waits further outside. */
  readonly queue?: number;
  /** Who is not let in. The same numbers in every architecture, exact over all units. */
  readonly limits?: Limits;
  /**
   * Called, and waited for, when the socket is bound and listens, and before anything is started or loaded that serves:
   * the moment to give up the privilege that the port needed. Clients that connect meanwhile wait.
   * If it throws, so does run(), and nothing stays open.
   */
  readonly onListening?: (address: Endpoint) => void | Promise<void>;
  /** The files that the child processes of the clients can open, where there are such processes; a ConfinementError elsewhere. */
  readonly confinement?: Confinement;
  /** Told of trouble that no client sees, such as accept(2) failing for want of descriptors. */
  readonly onError?: (error: Error) => void;
}

export interface ListenOptions {
  readonly host: string;
  /** 0…65535; 0 lets the system choose. */
  readonly port: number;
  /** Connections that the kernel keeps waiting (listen(2)). */
  readonly backlog?: number;
}

export interface RunningServer extends AsyncDisposable {
  readonly address: Endpoint;
  /** That one, and behind it those of `alsoListen`. */
  readonly addresses: readonly Endpoint[];
  /** Clients connected now and served in all, over all units. */
  stats(): RunnerStats;
  /** Everybody who is connected, and where. */
  who(): Promise<readonly Presence[]>;
  /** Ends the session of one client. @param id as who() has it. @returns false when there is no such client. */
  kick(id: string): Promise<boolean>;
  /**
   * Has the service go on with other options, in all units, those to come included: see Service.reconfigure. No client is lost.
   * @param options checked, like those of RunOptions.service.
   */
  reconfigure(options: JsonValue): void;
  /**
   * Stops accepting, lets what runs come to its end, then closes everything. Fulfilled when nothing is left.
   * May be called again, to shorten the grace.
   * @param options.graceMs how long clients may take (default 10 000); 0 ends them at once, Infinity waits for the last one.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export interface RunnerStats {
  readonly connected: number;
  readonly served: number;
}

/** The same, with other options for the service. */
export function withOptions(run: RunOptions, options: JsonValue): RunOptions {
  return { ...run, service: { ...run.service, options } };
}
