import { inspect } from 'node:util';
import type { Account } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { check } from './checks.ts';
import type { CommandContext, Row } from './command.ts';
import { commandTable } from './command-table.ts';
import type { CommandData } from './data-channel.ts';
import type { CommandEnvironment, SessionEvent } from './environment.ts';
import { Interruption } from './interruption.ts';
import { replyForError } from './replies-for-errors.ts';
import { type Begun, isReply, type Outcome, type Reply, ReplyError, reply } from './reply.ts';
import type { Pending, RunningTransfer, Session } from './session.ts';
import { summaryOf } from './summary.ts';

export const INTERNAL_ERROR = reply(451, 'Internal error; the command had no effect that can be relied on.');

/** What becomes of files is logged where it is told; who comes and goes, where more is known of it. */
const FILE_EVENTS: ReadonlySet<SessionEvent['type']> = new Set(['upload', 'download', 'rename', 'delete']);

/** A line of the client that the command table knows. */
export interface Command {
  readonly row: Row;
  readonly argument: string;
  /** What the command before set up for this one. */
  readonly pending: Pending;
}

/** One command while it runs, wherever that is. */
export interface Run {
  /** Runs it. Exactly one final reply, as the last one, whatever happens; never throws or rejects. To be called once. */
  start(): Outcome;
  abort(): void;
  /** By abort(). */
  readonly interruption: Interruption;
}

/** One command that runs in this thread: what its row gets to see. */
export class CommandRun implements CommandContext, Run {
  readonly session: Session;
  readonly environment: CommandEnvironment;
  readonly data: CommandData;
  readonly #command: Command;
  readonly #interruption = new Interruption();

  constructor(command: Command, session: Session, environment: CommandEnvironment, data: CommandData) {
    this.#command = command;
    this.session = session;
    this.environment = environment;
    this.data = data;
  }

  start(): Outcome {
    const { row, argument } = this.#command;
    try {
      check(row, argument, this.session, this.environment.settings);
      const outcome = row.run(this, argument);
      if (isReply(outcome)) return outcome;
      return this.#guarded(outcome);
    } catch (error) {
      return this.#refusal(error);
    }
  }

  abort(): void {
    this.#interruption.abort();
  }

  get interruption(): Interruption {
    return this.#interruption;
  }

  get pending(): Pending {
    return this.#command.pending;
  }

  get rows(): readonly Row[] {
    return commandTable;
  }

  get account(): Account {
    const { login } = this.session;
    if (login.state !== 'logged-in') throw new ReplyError(530, 'Log in with USER and PASS first.');
    return login.account;
  }

  get storage(): FileSystem {
    return this.environment.storageFor(this.account);
  }

  emit(event: SessionEvent): void {
    const { type, ...fields } = event;
    if (FILE_EVENTS.has(type)) this.environment.log.info(type, { session: this.session.id, ...fields });
    this.environment.emit({ ...event, session: summaryOf(this.session) });
  }

  beginTransfer(transfer: RunningTransfer): void {
    this.session.transfer = transfer;
  }

  async #guarded(outcome: Promise<Reply | Begun>): Promise<Reply | Begun> {
    try {
      const answer = await outcome;
      if (isReply(answer)) return answer;
      const complete = () => answer.complete().catch((error) => this.#refusal(error));
      return { preliminary: answer.preliminary, complete };
    } catch (error) {
      return this.#refusal(error);
    }
  }

  #refusal(error: unknown): Reply {
    const refusal = replyForError(error);
    if (refusal === undefined) this.#logFault(error);
    return refusal ?? INTERNAL_ERROR;
  }

  #logFault(error: unknown): void {
    const { id, lastVerb } = this.session;
    this.environment.log.error('command failed', { session: id, verb: lastVerb, error: describe(error) });
  }
}

/** Not by String(), which throws for what has no text; and then the command would have no reply. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error);
}
