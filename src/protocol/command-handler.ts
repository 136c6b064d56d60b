import { setTimeout as delay } from 'node:timers/promises';
import { parseCommandLine } from './command-line.ts';
import { type Command, CommandRun, type Run } from './command-run.ts';
import { rowFor } from './command-table.ts';
import { DataChannel } from './data-channel.ts';
import type { Environment } from './environment.ts';
import type { Interruption } from './interruption.ts';
import { RemoteRun } from './remote-run.ts';
import { type Begun, isReply, type Outcome, type Reply, reply } from './reply.ts';
import type { RequestPool } from './request-pool.ts';
import { NOTHING_PENDING, type Session } from './session.ts';

const UNKNOWN_COMMAND = reply(500, 'Unknown command.');
const LINE_TOO_LONG = reply(500, 'Command line too long.');
const GOODBYE_STRANGER = reply(421, 'Too many unknown commands.');
const GOODBYE_BROWSER = reply(421, 'This is an FTP server.');
const GOODBYE_LONG_LINES = reply(421, 'Too many overlong lines.');

/** Unknown commands before login after which this is no FTP client but a scanner or a browser. */
const UNKNOWN_COMMANDS_OF_A_STRANGER = 10;
const LONG_LINES = 3;

/** A browser that was talked into speaking to an FTP port (security rule S4). No FTP client begins like this. */
const HTTP = /^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE|PRI) |host:)/i;

/**
 * Lines in, replies out. Knows no socket of the control connection, no process and no thread: whoever reads the lines
 * writes the replies, in the order in which they come; and the command itself may run here or elsewhere.
 */
export class CommandHandler implements Disposable {
  readonly #session: Session;
  readonly #environment: Environment;
  readonly #data: DataChannel;
  /** The command that runs, not counting those answered beside it. */
  #current: Run | undefined;
  #unknownCommands = 0;
  #longLines = 0;

  constructor(session: Session, environment: Environment) {
    this.#session = session;
    this.#environment = environment;
    this.#data = new DataChannel(session, environment);
  }

  greet(): Reply {
    return reply(220, this.#environment.settings.greeting);
  }

  /** What to do with this line while a transfer runs: see Row.duringTransfer. */
  urgency(line: string): 'wait' | 'answer' | 'abort' {
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    // A stranger has no transfer to end, and must not get out of the wait after a wrong password this way.
    if (row !== undefined && row.access !== 'anyone' && this.#session.login.state !== 'logged-in') return 'wait';
    return row?.duringTransfer ?? 'wait';
  }

  /**
   * Runs one command. Not to be called again before it is over, but for lines whose urgency is `answer`.
   * @returns exactly one final reply, as the last one, whatever happens; never rejects.
   */
  handle(line: string): Outcome {
    const session = this.#session;
    const { pending } = session;
    const command = parseCommandLine(line);
    const row = command && rowFor(command.verb);
    // Answered beside a transfer: what the next command finds, and what ABOR ends, is not this one's to change.
    const aside = session.transfer !== undefined;
    if (!aside && !row?.keepsPending) session.pending = NOTHING_PENDING;
    if (command === undefined || row === undefined) return this.#rejectUnknown(line);
    session.lastVerb = row.verb;
    session.lastCommandMs = Date.now();
    const run = this.#begin({ row, argument: command.argument, pending }, aside);
    const outcome = run.start();
    // Most are over by now, with nothing that anybody could abort.
    if (isReply(outcome) && !outcome.heldBackMs) return outcome;
    if (aside) return outcome;
    this.#current = run;
    return this.#awaited(outcome, run);
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

  async #awaited(outcome: Outcome, run: Run): Promise<Reply | Begun> {
    const answer = await outcome;
    if (!isReply(answer)) {
      const complete = () => answer.complete().finally(() => this.#over());
      return { preliminary: answer.preliminary, complete };
    }
    if (answer.heldBackMs) await heldBack(answer.heldBackMs, run.interruption);
    this.#over();
    return answer;
  }

  /** Its last command would be a tenth of what an idle client costs. */
  #over(): void {
    this.#current = undefined;
  }

  /** What is answered beside a transfer is answered here, since all of the pool may be at work. */
  #begin(command: Command, aside: boolean): Run {
    const { requests } = this.#environment;
    if (requests === undefined || aside || !this.#isFor(requests, command)) {
      return new CommandRun(command, this.#session, this.#environment, this.#data);
    }
    return new RemoteRun(command, requests, this.#session, this.#environment, this.#data);
  }

  #isFor({ which }: RequestPool, { row: { heavy }, argument }: Command): boolean {
    if (which === 'all') return true;
    if (typeof heavy !== 'function') return heavy === true;
    return heavy({ session: this.#session, environment: this.#environment }, argument);
  }

  #rejectUnknown(line: string): Reply {
    if (this.#session.login.state === 'logged-in') return UNKNOWN_COMMAND;
    if (HTTP.test(line)) return GOODBYE_BROWSER;
    this.#unknownCommands += 1;
    return this.#unknownCommands < UNKNOWN_COMMANDS_OF_A_STRANGER ? UNKNOWN_COMMAND : GOODBYE_STRANGER;
  }
}

/** Or as soon as nobody waits for the reply any more. */
async function heldBack(ms: number, { signal }: Interruption): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
