import type { Account } from '../accounts/account.ts';
import type { Authenticator } from '../accounts/authenticator.ts';
import type { FileSystem } from '../storage/file-system.ts';
import type { Handshakes } from '../tls/handshakes.ts';
import type { UnannouncedEnd } from '../tls/upload-carrier.ts';
import type { PassivePorts } from './passive-ports.ts';
import type { Presences } from './presences.ts';
import type { MaxBytesPerSecond, Rates } from './rates.ts';
import type { RequestPool } from './request-pool.ts';

/** What all sessions of a service share. */
export interface Environment extends CommandEnvironment {
  readonly passivePorts: PassivePorts;
  /** Absent: every command runs in the thread that keeps the connections. */
  readonly requests?: RequestPool;
}

/** What commands need, in whatever thread they run. */
export interface CommandEnvironment {
  readonly settings: ProtocolSettings;
  readonly authenticator: Authenticator;
  /** The files that an account sees as `/`. */
  readonly storageFor: (account: Account) => FileSystem;
  readonly presences: Presences;
  readonly rates: Rates;
  /** Absent: no TLS. */
  readonly handshakes?: Handshakes;
  readonly emit: (event: FtpEvent) => void;
  readonly log: Log;
}

/** How the protocol behaves: what an administrator may choose. All times in milliseconds, all sizes in octets. */
export interface ProtocolSettings {
  /** Text of the 220 greeting. */
  readonly greeting: string;
  /** Name and version for CSID, STAT and HELP; absent from the greeting on purpose. */
  readonly software: { readonly name: string; readonly version: string };
  /** How this session is served, in words, for STAT (`reactor, process 4711`). */
  readonly servedBy: string;
  readonly timeouts: {
    /** From connect to a successful login. */
    readonly loginMs: number;
    /** Between two commands; never runs during a transfer. */
    readonly idleMs: number;
    /** For the data connection to be made, after the command that needs it. */
    readonly dataConnectionMs: number;
    /** Without an octet moved on the data connection. */
    readonly stallMs: number;
  };
  readonly logins: {
    /** Wrong passwords after which the connection is closed with 421. */
    readonly maxAttempts: number;
    /** Delay of the reply to a wrong password; grows with every further one. */
    readonly failureDelayMs: number;
  };
  /** Absent: no TLS. */
  readonly tls?: TlsPolicy;
  readonly maxBytesPerSecond: MaxBytesPerSecond;
  /** The address that PASV announces to clients on the Internet; absent: the one that the client connected to. */
  readonly passiveHost?: string;
  /** TYPE A converts line ends. False moves every file as it is, and SIZE and REST work in TYPE A as well. */
  readonly asciiConversion: boolean;
  /** SIZE in TYPE A counts the converted file up to this size, 550 beyond (0: always 550). */
  readonly asciiSizeLimit: number;
  /** LIST -R: entries after which a recursive listing is cut off; 0 refuses it. */
  readonly recursiveListingLimit: number;
  /** Names that HOST accepts; empty accepts every name, and FEAT does not mention HOST. */
  readonly hostNames: readonly string[];
}

/** What a client has to protect, and how well. */
export interface TlsPolicy {
  /** What is refused in the clear: to log in, to transfer, or both. */
  readonly required: 'none' | 'login' | 'data' | 'all';
  /**
   * Whether data connections resume the TLS session of their control connection, which proves that it is the same client's:
   * `off`: they cannot; `offer`: they can; `warn`: those that do not are logged; `require`: those are refused.
   */
  readonly dataResumption: 'off' | 'offer' | 'warn' | 'require';
  /** Of uploads. */
  readonly unannouncedEnd: UnannouncedEnd;
}

/** Something that the program around the server may want to know of. Plain data. */
export type FtpEvent = SessionEvent & { readonly session: SessionSummary };

export type SessionEvent =
  | { readonly type: 'login'; readonly user: string }
  | { readonly type: 'loginFailed'; readonly user: string }
  | { readonly type: 'upload'; readonly path: string; readonly bytes: number; readonly durationMs: number }
  | { readonly type: 'download'; readonly path: string; readonly bytes: number; readonly durationMs: number }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  | { readonly type: 'delete'; readonly path: string }
  | { readonly type: 'disconnect'; readonly reason: string };

export interface SessionSummary {
  readonly id: string;
  readonly address: string;
  readonly user?: string;
}

/** Where log lines go. Values may come from a client: whoever writes them out must escape them. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
