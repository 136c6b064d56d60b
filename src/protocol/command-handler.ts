import { inspect } from 'node:util';
import type { Account } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { check } from './checks.ts';
import type { CommandContext } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { commandTable, rowFor } from './command-table.ts';
import { DataChannel } from './data-channel.ts';
import type { Environment, SessionEvent } from './environment.ts';
import { replyForError } from './replies-for-errors.ts';
import { isFinal, type Reply, ReplyError, reply } from './reply.ts';
import type { Session } from './session.ts';
import { summaryOf } from './summary.ts';

const UNKNOWN_COMMAND = reply(500, 'Unknown command.');
const LINE_TOO_LONG = reply(500, 'Command line too long.');
const INTERNAL_ERROR = reply(451, 'Internal error; the command had no effect that can be relied on.');
const GOODBYE_STRANGER = reply(421, 'Too many unknown commands.');
const GOODBYE_LONG_LINES = reply(421, 'Too many overlong lines.');

/** Unknown commands before login after which this is no FTP client but a scanner or a browser. */
const UNKNOWN_COMMANDS_OF_A_STRANGER = 10;
const LONG_LINES = 3;

/**
 * Lines in, replies out. Knows no socket of the control connection, no process and no thread: whoever reads the lines
 * writes the replies, in the order in which they are yielded.
 */
export class CommandHandler implements Disposable {
  readonly #context: HandlerContext;
  #unknownCommands = 0;
  #longLines = 0;

  constructor(session: Session, environment: Environment) {
    this.#context = new HandlerContext(session, environment);
  }

  greet(): Reply {
    return reply(220, this.#context.environment.settings.greeting);
  }

  /** What to do with this line while a transfer runs: see Row.duringTransfer. */
  urgency(line: string): 'wait' | 'answer' | 'abort' {
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    // A stranger has no transfer to end, and must not get out of the wait after a wrong password this way.
    if (row?.access === 'logged-in' && this.#context.session.login.state !== 'logged-in') return 'wait';
    return row?.duringTransfer ?? 'wait';
  }

  /**
   * Runs one command. Not to be called again before the iteration is over, but for lines whose urgency is `answer`.
   * Yields exactly one final reply, as the last one, whatever happens; never throws.
   */
  async *handle(line: string): AsyncGenerator<Reply> {
    const { session, environment } = this.#context;
    try {
      for await (const answer of this.#run(line)) {
        yield answer;
        if (isFinal(answer)) return;
      }
      throw new Error('the command ended without a final reply');
    } catch (error) {
      const refusal = replyForError(error);
      if (refusal === undefined) {
        environment.log.error('command failed', {
          session: session.id,
          verb: session.lastVerb,
          error: describe(error),
        });
      }
      yield refusal ?? INTERNAL_ERROR;
    }
  }

  /** A line that exceeded the limit and was thrown away (security rule S11). */
  rejectLongLine(): Reply {
    this.#longLines += 1;
    return this.#longLines < LONG_LINES ? LINE_TOO_LONG : GOODBYE_LONG_LINES;
  }

  /** Ends what runs now: by ABOR, because the client has gone, or because the server stops. */
  abort(): void {
    this.#context.abort();
  }

  [Symbol.dispose](): void {
    this.#context.dispose();
  }

  async *#run(line: string): AsyncGenerator<Reply> {
    const context = this.#context;
    const { session } = context;
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    if (command === undefined || row === undefined) {
      yield this.#rejectUnknown();
      return;
    }
    // Answered beside a transfer: what that one started with is not this command's to reset.
    const aside = session.transfer !== undefined;
    if (!aside) context.beginCommand();
    session.lastVerb = row.verb;
    session.lastCommandMs = Date.now();
    try {
      check(row, command.argument, session);
      const outcome = row.run(context, command.argument);
      if (Symbol.asyncIterator in outcome) yield* outcome;
      else yield await outcome;
    } finally {
      if (!aside && !row.keepsPending) forgetPending(session);
    }
  }

  #rejectUnknown(): Reply {
    this.#unknownCommands += 1;
    const stranger = this.#context.session.login.state !== 'logged-in';
    return stranger && this.#unknownCommands >= UNKNOWN_COMMANDS_OF_A_STRANGER ? GOODBYE_STRANGER : UNKNOWN_COMMAND;
  }
}

/** What REST, RANG, RNFR and ALLO set up holds for the next command only (wire rule W17). */
function forgetPending(session: Session): void {
  session.restartAt = 0;
  session.range = undefined;
  session.renameFrom = undefined;
  session.announcedSize = undefined;
}

/** What the rows of the table get to see of a session, in the unit that runs it. */
class HandlerContext implements CommandContext {
  readonly session: Session;
  readonly environment: Environment;
  readonly rows = commandTable;
  #data: DataChannel | undefined;
  /** Made when somebody asks for the signal: most commands are over before anything could abort them. */
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(session: Session, environment: Environment) {
    this.session = session;
    this.environment = environment;
  }

  get data(): DataChannel {
    this.#data ??= new DataChannel(this.session, this.environment.passivePorts, this.environment.settings.timeouts);
    return this.#data;
  }

  get account(): Account {
    const { login } = this.session;
    if (login.state !== 'logged-in') throw new ReplyError(530, 'Log in with USER and PASS first.');
    return login.account;
  }

  get storage(): FileSystem {
    return this.environment.storageFor(this.account);
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  emit(event: SessionEvent): void {
    this.environment.emit({ ...event, session: summaryOf(this.session) });
  }

  beginCommand(): void {
    this.#controller = undefined;
    this.#aborted = false;
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }

  dispose(): void {
    this.abort();
    this.data[Symbol.dispose]();
  }
}

/** Not by String(), which throws for what has no text; and then the command would have no reply. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error);
}
