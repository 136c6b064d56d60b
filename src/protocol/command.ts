import type { Account, Permission } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import type { CommandData } from './data-channel.ts';
import type { CommandEnvironment, SessionEvent } from './environment.ts';
import type { Interruption } from './interruption.ts';
import type { Outcome } from './reply.ts';
import type { Pending, RunningTransfer, Session } from './session.ts';

/**
 * One row of the command table. FEAT, HELP, SITE HELP, the checks before a command and docs/rfc-compliance.md are made
 * from the rows; a new command is one row in the file of its topic.
 */
export interface Row {
  /** Upper case. A SITE command's verb is its second word. */
  readonly verb: string;
  /** Other verbs for the same command, such as the X-forms of RFC 775. */
  readonly aliases?: readonly string[];
  /** The argument as HELP shows it, in the notation of RFC 959 section 5.3.1; empty when there is none. */
  readonly syntax: string;
  /** What it does, in one line for HELP and the table of the documentation. */
  readonly summary: string;
  /** The document and section that define it. */
  readonly source: string;
  /** Checked before `run`: a missing or an unwanted argument is a 501. */
  readonly argument: 'none' | 'optional' | 'required';
  /** Checked before `run`: 530 for those who have not logged in, 550 for those who are no administrators. */
  readonly access: 'anyone' | 'logged-in' | 'administrator';
  /** Checked before `run`: 550 for accounts without it. */
  readonly permission?: Permission;
  /** Moves octets over a data connection. Checked before `run`: 521 where that is to be protected, and is not. */
  readonly transfers?: true;
  /** While a transfer runs: answered at once, or ends the transfer first. Absent: waits until the transfer is over. */
  readonly duringTransfer?: 'answer' | 'abort';
  /** What REST, RANG and RNFR set up for the next command outlives this one (wire rule W17). */
  readonly keepsPending?: true;
  /** Keeps the processor, or the threads that all share, busy for long: an architecture may run it in another thread. */
  readonly heavy?: true | ((context: FeatureContext, argument: string) => boolean);
  /** The command's lines in FEAT (RFC 2389), without the leading space. */
  readonly feature?: (context: FeatureContext) => readonly string[];
  /** Refused on purpose, as the summary says why; listed so in the documentation, not in HELP. */
  readonly refused?: true;
  readonly run: (context: CommandContext, argument: string) => Outcome;
}

export type FeatureContext = Pick<CommandContext, 'session' | 'environment'>;

/** What a command works on. */
export interface CommandContext {
  readonly session: Session;
  readonly environment: CommandEnvironment;
  readonly data: CommandData;
  /** What the command before set up for this one. */
  readonly pending: Pending;
  /** The table that this row stands in, for HELP and FEAT. */
  readonly rows: readonly Row[];
  /** Tells the program around the server of something that this session did. */
  emit(event: SessionEvent): void;
  /** Makes `transfer` the one that runs, before the 150. It is over when `session.transfer` is undefined again. */
  beginTransfer(transfer: RunningTransfer): void;
  /**
   * By ABOR, when the control connection is lost, and when the server stops. Who looks whether it is aborted, takes it from
   * here each time: in another thread it learns of that when it is taken, or else when the thread waits.
   */
  readonly interruption: Interruption;
  /** Of the client that has logged in; not for rows with `access: 'anyone'`. */
  readonly account: Account;
  /** What that account sees; not for rows with `access: 'anyone'`. */
  readonly storage: FileSystem;
}
