import { inspect } from 'node:util';
import type { Account } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { check } from './checks.ts';
import type { CommandContext, Row } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { commandTable, rowFor } from './command-table.ts';
import { DataChannel } from './data-channel.ts';
import type { Environment, SessionEvent } from './environment.ts';
import { replyForError } from './replies-for-errors.ts';
import { isFinal, type Reply, ReplyError, reply } from './reply.ts';
import { NOTHING_PENDING, type Pending, type Session } from './session.ts';
import { summaryOf } from './summary.ts';

const UNKNOWN_COMMAND = reply(500, 'Unknown command.');
const LINE_TOO_LONG = reply(500, 'Command line too long.');
const INTERNAL_ERROR = reply(451, 'Internal error; the command had no effect that can be relied on.');
const GOODBYE_STRANGER = reply(421, 'Too many unknown commands.');
const GOODBYE_BROWSER = reply(421, 'This is an FTP server.');
const GOODBYE_LONG_LINES = reply(421, 'Too many overlong lines.');

/** Unknown commands before login after which this is no FTP client but a scanner or a browser. */
const UNKNOWN_COMMANDS_OF_A_STRANGER = 10;
const LONG_LINES = 3;

/** A browser that was talked into speaking to an FTP port (security rule S4). No FTP client begins like this. */
const HTTP = /^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT) |host:)/i;

/**
 * Lines in, replies out. Knows no socket of the control connection, no process and no thread: whoever reads the lines
 * writes the replies, in the order in which they are yielded.
 */
export class CommandHandler implements Disposable {
  readonly #session: Session;
  readonly #environment: Environment;
  readonly #data: DataChannel;
  /** The command that runs, not counting those answered beside it. */
  #current: CommandRun | undefined;
  #unknownCommands = 0;
  #longLines = 0;

  constructor(session: Session, environment: Environment) {
    this.#session = session;
    this.#environment = environment;
    this.#data = new DataChannel(session, environment.passivePorts, environment.settings.timeouts);
  }

  greet(): Reply {
    return reply(220, this.#environment.settings.greeting);
  }

  /** What to do with this line while a transfer runs: see Row.duringTransfer. */
  urgency(line: string): 'wait' | 'answer' | 'abort' {
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    // A stranger has no transfer to end, and must not get out of the wait after a wrong password this way.
    if (row?.access === 'logged-in' && this.#session.login.state !== 'logged-in') return 'wait';
    return row?.duringTransfer ?? 'wait';
  }

  /**
   * Runs one command. Not to be called again before the iteration is over, but for lines whose urgency is `answer`.
   * Yields exactly one final reply, as the last one, whatever happens; never throws.
   */
  async *handle(line: string): AsyncGenerator<Reply> {
    try {
      for await (const answer of this.#run(line)) {
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

  /** A line that exceeded the limit and was thrown away (security rule S11). */
  rejectLongLine(): Reply {
    this.#longLines += 1;
    return this.#longLines < LONG_LINES ? LINE_TOO_LONG : GOODBYE_LONG_LINES;
  }

  /** Ends what runs now: by ABOR, because the client has gone, or because the server stops. */
  abort(): void {
    this.#current?.abort();
  }

  [Symbol.dispose](): void {
    this.abort();
    this.#data[Symbol.dispose]();
  }

  async *#run(line: string): AsyncGenerator<Reply> {
    const session = this.#session;
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    const run = new CommandRun(session, this.#environment, this.#data);
    // Answered beside a transfer: what the next command finds, and what ABOR ends, is not this one's to change.
    const aside = session.transfer !== undefined;
    if (!aside && !row?.keepsPending) session.pending = NOTHING_PENDING;
    if (command === undefined || row === undefined) {
      yield this.#rejectUnknown(line);
      return;
    }
    if (!aside) this.#current = run;
    session.lastVerb = row.verb;
    session.lastCommandMs = Date.now();
    try {
      check(row, command.argument, session);
      const outcome = row.run(run, command.argument);
      if (Symbol.asyncIterator in outcome) yield* outcome;
      else yield await outcome;
    } finally {
      // The signal of its last command would be a tenth of what an idle client costs.
      if (!aside) this.#current = undefined;
    }
  }

  #rejectUnknown(line: string): Reply {
    if (this.#session.login.state === 'logged-in') return UNKNOWN_COMMAND;
    if (HTTP.test(line)) return GOODBYE_BROWSER;
    this.#unknownCommands += 1;
    return this.#unknownCommands < UNKNOWN_COMMANDS_OF_A_STRANGER ? UNKNOWN_COMMAND : GOODBYE_STRANGER;
  }

  #logFault(error: unknown): void {
    const { id, lastVerb } = this.#session;
    this.#environment.log.error('command failed', { session: id, verb: lastVerb, error: describe(error) });
  }
}

/** What becomes of files is logged where it is told; who comes and goes, where more is known of it. */
const FILE_EVENTS: ReadonlySet<SessionEvent['type']> = new Set(['upload', 'download', 'rename', 'delete']);

/** One command while it runs: what its row gets to see. */
class CommandRun implements CommandContext {
  readonly session: Session;
  readonly environment: Environment;
  readonly data: DataChannel;
  readonly pending: Pending;
  /** Made when somebody asks for the signal: most commands are over before anything could abort them. */
  #controller: AbortController | undefined;
  #aborted = false;

  constructor(session: Session, environment: Environment, data: DataChannel) {
    this.session = session;
    this.environment = environment;
    this.data = data;
    this.pending = session.pending;
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

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  emit(event: SessionEvent): void {
    const { type, ...fields } = event;
    if (FILE_EVENTS.has(type)) this.environment.log.info(type, { session: this.session.id, ...fields });
    this.environment.emit({ ...event, session: summaryOf(this.session) });
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort();
  }
}

/** Not by String(), which throws for what has no text; and then the command would have no reply. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : inspect(error);
}
