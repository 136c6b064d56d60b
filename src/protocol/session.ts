import type { Account } from '../accounts/account.ts';
import type { ClientCertificate } from '../accounts/authenticator.ts';
import type { TicketKeys } from '../tls/ticket-keys.ts';
import type { Fact } from './facts.ts';
import type { HashAlgorithm } from './hash-algorithms.ts';
import type { UploadDigest } from './upload-digest.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** How far the client has got with USER and PASS. */
export type Login =
  | { readonly state: 'stranger' }
  | { readonly state: 'named'; readonly user: string }
  | { readonly state: 'logged-in'; readonly user: string; readonly account: Account };

/** How the connections of a session are protected (RFC 2228, RFC 4217). What it has been, it is never less. */
export type Security =
  | { readonly state: 'clear' }
  | {
      readonly state: 'protected';
      /** What binds data connections to this session. */
      readonly ticketKeys: TicketKeys;
      /** PBSZ has come, without which there is no PROT. */
      readonly bufferSizeSet: boolean;
      /** PROT C or PROT P: whether data connections are protected. */
      readonly data: 'clear' | 'private';
      /** What the client has shown, if it was asked, and an authority vouches for it. */
      readonly certificate?: ClientCertificate;
    };

const CLEAR: Security = { state: 'clear' };

/** The transfer that runs now, for STAT and for the log. */
export interface RunningTransfer {
  readonly verb: string;
  readonly path: string;
  readonly startedMs: number;
  /** Octets to be moved in all, where that is known. */
  readonly total?: number;
  /** Octets moved so far, counted as they stand in the file. */
  moved: number;
}

/** What REST, RANG, RNFR and ALLO set up; it holds for the next command that does not expressly keep it (wire rule W17). */
export interface Pending {
  /** Offset in octets at which the next transfer starts. */
  readonly restartAt: number;
  /** First and last octet for the next RETR or HASH, both inclusive. */
  readonly range?: { readonly first: number; readonly last: number };
  /** What RNTO will rename. */
  readonly renameFrom?: string;
  /** Octets announced for the next upload. */
  readonly announcedSize?: number;
}

export const NOTHING_PENDING: Pending = { restartAt: 0 };

/**
 * What the server remembers of a client between two commands, and nothing else.
 *
 * PLAIN DATA, which survives structuredClone: an architecture may run two requests of a client in two threads. Sockets,
 * files and file systems are not in here; they are made from it where it is.
 */
export interface Session {
  /** Unique among all sessions of a server; stands in every log line. */
  readonly id: string;
  readonly client: Endpoint;
  /** The address that the client connected to. */
  readonly server: Endpoint;
  readonly startedMs: number;
  /** The last command's verb and when it came, for SITE WHO. */
  lastVerb: string;
  lastCommandMs: number;

  security: Security;
  login: Login;
  failedLogins: number;
  /** Current virtual directory. */
  directory: string;
  type: 'ascii' | 'binary';
  /** What the last command set up for the next one. */
  pending: Pending;
  /** After EPSV ALL every other way to set up a data connection is refused (RFC 2428 section 4). */
  epsvOnly: boolean;
  /** The facts that MLST and MLSD answer with, as OPTS MLST chose them; undefined for the default. */
  facts: readonly Fact[] | undefined;
  hashAlgorithm: HashAlgorithm;
  /** The algorithm by which the client has last asked for the digest of a whole file. */
  comparesBy: HashAlgorithm | undefined;
  /** Of its last upload, if it had asked for digests before. */
  uploadDigest: UploadDigest | undefined;
  /** Permission bits taken away from what this client makes (SITE UMASK); undefined leaves it to the storage. */
  umask: number | undefined;
  /** Idle timeout chosen with SITE IDLE, in milliseconds; undefined for the server's. */
  idleTimeoutMs: number | undefined;
  /** What the client named with HOST (RFC 7151). */
  host: string | undefined;
  /** What the client said about itself with CLNT or CSID. */
  software: string | undefined;
  transfer: RunningTransfer | undefined;
}

/** A session as it is before the first command. */
export function newSession(id: string, client: Endpoint, server: Endpoint): Session {
  const now = Date.now();
  return {
    id,
    client,
    server,
    startedMs: now,
    lastVerb: '',
    lastCommandMs: now,
    security: CLEAR,
    login: STRANGER,
    failedLogins: 0,
    directory: '/',
    type: 'ascii',
    pending: NOTHING_PENDING,
    epsvOnly: false,
    facts: undefined,
    hashAlgorithm: 'SHA-256',
    comparesBy: undefined,
    uploadDigest: undefined,
    umask: undefined,
    idleTimeoutMs: undefined,
    host: undefined,
    software: undefined,
    transfer: undefined,
  };
}

const STRANGER: Login = { state: 'stranger' };

/** Back to the state before USER, as REIN (RFC 959 section 4.1.1) and a new USER want it; the connection stays. */
export function forgetLogin(session: Session): void {
  const { id, client, server, startedMs, lastVerb, lastCommandMs, failedLogins, security, host, software } = session;
  Object.assign(session, newSession(id, client, server), {
    startedMs,
    lastVerb,
    lastCommandMs,
    failedLogins,
    security,
    host,
    software,
  });
}

/**
 * What the client has said in the clear, anybody on the way may have said: behind the handshake the session begins anew
 * (RFC 4217 section 4.2, security rule S1). Its login AUTH has ended; what outlives a login, ends here. Wrong passwords stay counted.
 */
export function beginProtected(session: Session, security: Extract<Security, { state: 'protected' }>): void {
  Object.assign(session, { security, host: undefined, software: undefined });
}
