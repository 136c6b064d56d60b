/** What a server must say of itself to take part: how it is found, and what its command line is. */

import type { Certificate } from './tls-setting.ts';

/** What is the same for all. */
export interface Setting {
  /** Of its own, so that TIME_WAIT of one server is not in the way of another. */
  readonly address: string;
  readonly port: number;
  /** Folder to serve. Anonymous users may read all of it, and write in the folder in it that everybody may write in. */
  readonly root: string;
  /** Empty folder for what the server needs besides: configuration, passwords, locks. */
  readonly scratch: string;
  /** Clients that come at once. */
  readonly clients: number;
  /** With it the server takes AUTH TLS and PROT P (RFC 4217), and does not ask for them. */
  readonly tls?: Certificate;
}

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A server in the foreground, on `address` and `port`, that lets `anonymous` in with any password, into `root`, without
 * delays, look-ups of names, limits of rates or of clients, and logs as little as it can.
 */
export interface Candidate {
  readonly name: string;
  /** False where clients have to wait for others to leave. */
  readonly servesAll?: boolean;
  /** Why it cannot take part here, or not over TLS where that is asked for; undefined when it can. */
  missing(needs?: { readonly tls: boolean }): Promise<string | undefined>;
  /** What it says when it serves, after `say` where that is given (default: a greeting of FTP). */
  readonly ready?: { readonly say?: string; readonly expect: string };
  /** The signal at which one of its units dies, where that is not one of its processes. */
  readonly dyingSignal?: NodeJS.Signals;
  /** Writes what it needs into the scratch folder. */
  commandLine(setting: Setting): Promise<CommandLine>;
}

/** Who runs a server that leaves the rights of root. */
export const NOBODY = { name: 'nobody', uid: 65_534, gid: 65_534 } as const;

export const isRoot = process.getuid?.() === 0;
