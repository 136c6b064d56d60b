import type { Endpoint, ServiceSpec } from './service.ts';

/** An architecture: a way to get clients served. Its file holds its policy; the mechanisms are beside this one. */
export interface Runner {
  /** As in `--architecture NAME` and `npm run start:NAME`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for the table of architectures. */
  readonly summary: string;
  /** What the book calls it, and where. */
  readonly pattern: string;
  /** Clients served at the same time, in words. */
  readonly concurrency: string;
  /** Starts to serve; fulfilled when a client that connects would be served. */
  run(options: RunOptions): Promise<RunningServer>;
}

export interface RunOptions {
  readonly service: ServiceSpec;
  readonly listen: ListenOptions;
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
  /** Clients connected now and served in all. */
  stats(): RunnerStats;
  /**
   * Stops accepting, lets what runs come to its end, then closes everything. Fulfilled when nothing is left.
   * May be called again, to shorten the grace.
   * @param options.graceMs how long clients may take (default 10 000); 0 ends them at once.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export interface RunnerStats {
  readonly connected: number;
  readonly served: number;
}
