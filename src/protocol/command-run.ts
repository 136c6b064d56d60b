import { inspect } from 'node:util';
import type { Account } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { check } from './checks.ts';
import type { CommandContext, Row } from './command.ts';
import { commandTable } from './command-table.ts';
import type { CommandData } from './data-channel.ts';
import type { CommandEnvironment, SessionEvent } from './environment.ts';
import { replyForError } from './replies-for-errors.ts';
import { isFinal, type Reply, ReplyError, reply } from './reply.ts';
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
  /** Runs it. Yields exactly one final reply, as the last one, whatever happens; never throws. To be called once. */
  replies(): AsyncGenerator<Reply>;
  abort(): void;
  /** Aborted by abort(). */
  readonly signal: AbortSignal;
}

/** One command that runs in this thread: what its row gets to see. */
export class CommandRun implements CommandContext, Run {
  readonly session: Session;
  readonly environment: CommandEnvironment;
  readonly data: CommandData;
  readonly #command: Command;
  /** Made when somebody asks for the signal: most commands are over before anything could abort them. */
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(command: Command, session: Session, environment: CommandEnvironment, data: CommandData) {
    this.#command = command;
    this.session = session;
    this.environment = environment;
    this.data = data;
  }

  async *replies(): AsyncGenerator<Reply> {
    try {
      for await (const answer of this.#answers()) {
        yield answer;
        if (isFinal(answer)) return;
      }
      throw new Error('the command ended without a final reply');
    } catch (error) {
      const refusal = replyForError(error);
      if (refusal === undefined) this.#logFault(error);
      yield refusal ?? INTERNAL_ERROR;
    }
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
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

  async *#answers(): AsyncGenerator<Reply> {
    const { row, argument } = this.#command;
    check(row, argument, this.session);
    const outcome = row.run(this, argument);
    if (Symbol.asyncIterator in outcome) yield* outcome;
    else yield await outcome;
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
