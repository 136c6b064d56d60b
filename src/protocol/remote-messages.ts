/**
 * What passes between the event loop, which keeps the connections of a client, and the thread of a pool that runs one of
 * its commands. All of it plain data.
 */
import type { TlsEdition } from '../tls/handshakes.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import type { FtpEvent } from './environment.ts';
import type { Presences } from './presences.ts';
import { type Reply, ReplyError } from './reply.ts';
import type { Endpoint, Pending, RunningTransfer, Session } from './session.ts';

/** The command that the thread is to run. */
export interface RemoteRequest {
  readonly session: Session;
  /** One of the command table. */
  readonly verb: string;
  readonly argument: string;
  /** What the command before set up for this one. */
  readonly pending: Pending;
  /** A data connection can be made. */
  readonly dataPrepared: boolean;
}

/** From the loop to the thread. */
export type ToThread =
  | { readonly kind: 'abort' }
  | { readonly kind: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly call: number; readonly failure: Failure };

/** From the thread to the loop. */
export type ToLoop =
  | { readonly kind: 'preliminary'; readonly reply: Reply }
  /** Comes before the preliminary reply. @param moved is counted on by the thread, and read by the loop. */
  | { readonly kind: 'transfer'; readonly transfer: Omit<RunningTransfer, 'moved'>; readonly moved: BigInt64Array }
  | { readonly kind: 'event'; readonly event: FtpEvent }
  | { readonly kind: 'call'; readonly call: number; readonly duty: keyof LoopDuties; readonly args: readonly unknown[] }
  /** The last one: the final reply, and those fields of the session that the command has changed. */
  | { readonly kind: 'done'; readonly reply: Reply; readonly changes: Partial<Session> };

/** What the loop does for a command that runs in a thread. */
export interface LoopDuties {
  /** DataChannel.listen: the port to announce. */
  listen(): Promise<number>;
  /** DataChannel.dialTo. */
  dialTo(to: Endpoint): void;
  /** DataChannel.lend. @param edition of the TLS options that the thread has; undefined when it needs none. */
  lend(edition: number | undefined): Promise<LentConnection>;
  /** DataChannel.close. */
  close(): void;
  logIn: Presences['logIn'];
  logOut: Presences['logOut'];
  loginFailed: Presences['loginFailed'];
  who: Presences['who'];
  kick: Presences['kick'];
  /** Rates.shared: octets that may be moved. */
  takeOfRate(name: string, bytesPerSecond: number, octets: number): Promise<number>;
}

/** A data connection for the thread. */
export interface LentConnection {
  /** To be duplicated. */
  readonly descriptor: number;
  /** Newer options than the thread's, if there are. */
  readonly tls?: TlsEdition;
}

/** An error that one side tells the other of. */
export type Failure =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'data-connection'; readonly reason: DataConnectionError['reason'] }
  | { readonly kind: 'fault'; readonly message: string };

export function failureOf(error: unknown): Failure {
  if (error instanceof ReplyError) return { kind: 'reply', reply: error.reply };
  if (error instanceof DataConnectionError) return { kind: 'data-connection', reason: error.reason };
  return { kind: 'fault', message: error instanceof Error ? error.message : 'unknown error' };
}

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'reply':
      return new ReplyError(failure.reply.code, ...failure.reply.lines);
    case 'data-connection':
      return new DataConnectionError(failure.reason);
    case 'fault':
      return new Error(failure.message);
  }
}
