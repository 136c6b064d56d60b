/** What load clients do: plain data, so that it can be sent to the process in which they live. */
import type { ServerAddress } from '../client/ftp-client.ts';

/**
 * One step of an FTP client. Paths are those of the server; `{client}` in them is the number of the client, and `{operation}`
 * that of its operation, both from 0.
 */
export type Step =
  /** Takes the greeting. */
  | { readonly do: 'connect' }
  /** USER, PASS; as `anonymous` unless told. */
  | { readonly do: 'login'; readonly user?: string; readonly password?: string }
  | { readonly do: 'noop' }
  /** TYPE I (once for a connection), EPSV, RETR; the length must be right, and with `sha256` the octets. */
  | {
      readonly do: 'retrieve';
      readonly path: string;
      readonly octets: number;
      readonly sha256?: string;
      /**
       * As a slow reader does; as fast as it can unless told. At the end of the measurement it is not waited for: it reads on.
       */
      readonly octetsPerSecond?: number;
    }
  /** TYPE I, EPSV, STOR of so many octets of the pattern of `store-pattern.ts`. */
  | { readonly do: 'store'; readonly path: string; readonly octets: number }
  /** EPSV, MLSD, and the names are counted. PASV and LIST with servers that do not know these. */
  | { readonly do: 'list'; readonly path: string; readonly entries: number }
  /** HASH (draft-bryan-ftpext-hash), of SHA-256; with `sha256` it must be that one. */
  | { readonly do: 'hash'; readonly path: string; readonly sha256?: string }
  | { readonly do: 'delete'; readonly path: string }
  | { readonly do: 'quit' };

/** When the next operation begins. */
export type Pace =
  /** When the last one is done: each client is busy all the time. */
  | { readonly kind: 'closed' }
  /**
   * By the clock, whether the last is done or not, in turn over the clients. Latency counts from when it should have begun,
   * so that a server which stalls does not get fewer measurements of it (coordinated omission).
   */
  | { readonly kind: 'open'; readonly perSecond: number };

/** What the clients of one process do. */
export interface FtpPlan {
  readonly driver: 'sockets' | 'basic-ftp';
  readonly server: ServerAddress;
  readonly clients: number;
  /** Once for each client, before the clock starts. */
  readonly prepare: readonly Step[];
  /** One operation, whose time is a latency; empty for clients that idle. A client whose connection has gone connects again. */
  readonly operation: readonly Step[];
  readonly pace: Pace;
  readonly warmUpSeconds: number;
  /** Measured after warming up; an operation that is under way then is waited for, and counts in part. Infinity: until stop(). */
  readonly seconds: number;
  /** After so many operations, tried or done, it ends, even if there is time left: then with the last of them. */
  readonly operations?: number;
  /** After so long without an answer a client gives up: an error. */
  readonly patienceMs: number;
  /** Width of a bar of the timeline. */
  readonly timelineMs?: number;
}

/** Requests over HTTP/1.1, by autocannon. */
export interface HttpPlan {
  readonly driver: 'autocannon';
  readonly url: string;
  readonly clients: number;
  readonly keepAlive: boolean;
  /** Of the body of each answer. */
  readonly octets: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** SET and GET of examples/cloud-hash, in turn, framed by newline. */
export interface CloudHashPlan {
  readonly driver: 'cloud-hash';
  readonly server: ServerAddress;
  readonly clients: number;
  /** One connection for each client, or for each request. */
  readonly keepConnection: boolean;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export type LoadPlan = FtpPlan | HttpPlan | CloudHashPlan;

/** What they have done. */
export interface LoadResult {
  /** From the start of the measurement to its end. */
  readonly seconds: number;
  /** Those that were not wholly in the measurement count in part. */
  readonly operations: number;
  /** In all transfers, both ways; those of listings only where the driver sees them (sockets). */
  readonly octets: number;
  /** How often, by what went wrong: words of ours, not of the server. */
  readonly errors: Readonly<Record<string, number>>;
  /** Octets, or counts, that were not those that they had to be, in words; undefined when all was right. */
  readonly wrong?: string;
  /** In milliseconds, for each of PERCENTS; undefined when no operation was done. */
  readonly latencyMs?: readonly number[];
  readonly latencyCount: number;
  /** Of the process of the clients, while it was measured. */
  readonly processorSeconds: number;
  /** Peak of its resident memory. */
  readonly residentBytes: number;
  readonly timeline?: {
    readonly everyMs: number;
    readonly operations: readonly number[];
    readonly errors: readonly number[];
  };
  /** How many clients are still connected. */
  readonly connected: number;
}
