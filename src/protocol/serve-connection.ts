import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CommandHandler } from './command-handler.ts';
import type { Environment } from './environment.ts';
import { type InputLine, LineReader } from './line-reader.ts';
import { closesConnection, encodeReply, type Reply, reply } from './reply.ts';
import type { Endpoint, Session } from './session.ts';
import { summaryOf } from './summary.ts';

/** Long enough for every command but those of somebody who wants to fill the memory (security rule S11). */
const LINE_LIMIT_BEFORE_LOGIN = 4096;
const LINE_LIMIT = 8192;

/** Lines read ahead of the command that runs; then the kernel's buffer has to keep the rest. */
const WAITING_LINES = 32;

/** Commands handled before other clients get their turn on the event loop. */
const COMMANDS_PER_TURN = 64;

/** How long a client may take to close its side after our goodbye, before we close for it (wire rule W36). */
const LINGER_MS = 1_000;

const SHUTTING_DOWN = reply(421, 'The server is shutting down.');
const TIMEOUT = reply(421, 'Timeout: closing the control connection.');

export interface Client {
  readonly stream: Socket;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/**
 * One client from greeting to goodbye: owns the control stream, reads lines, has them handled in order, writes replies.
 *
 * Only what an idle client needs is kept between two commands: no suspended function, no listener but those of the
 * stream, one timer.
 */
export class Conversation {
  readonly session: Session;
  /** Fulfilled when the stream is closed and nothing runs any more. */
  readonly ended: Promise<void>;
  readonly #stream: Socket;
  readonly #environment: Environment;
  readonly #handler: CommandHandler;
  readonly #reader = new LineReader(LINE_LIMIT_BEFORE_LOGIN);
  /** Read ahead while a command runs, to find those that act on it. */
  readonly #waiting: InputLine[] = [];
  #phase: 'serving' | 'draining' | 'leaving' | 'closed' = 'serving';
  #running = false;
  /** The client does not read our replies. */
  #blocked = false;
  /** Answers beside the transfer that runs. */
  #aside: Promise<void> | undefined;
  #clientEnded = false;
  #reason = 'connection lost';
  #timer: NodeJS.Timeout;
  #timerMs: number;
  #resolveEnded!: () => void;

  constructor({ stream }: Client, session: Session, environment: Environment) {
    this.session = session;
    this.#stream = stream;
    this.#environment = environment;
    this.#handler = new CommandHandler(session, environment);
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#timerMs = environment.settings.timeouts.loginMs;
    this.#timer = setTimeout(() => this.#timeUp(), this.#timerMs);
    stream.on('data', (chunk: Buffer) => this.#received(chunk));
    stream.on('end', () => this.#clientEndedItsSide());
    // The close event that follows says all that matters.
    stream.on('error', () => {});
    stream.on('close', () => this.#closed());
    this.#write(this.#handler.greet());
  }

  /** Says 421: now if nothing runs, else when the command that runs has got its reply. */
  drain(): void {
    if (this.#phase !== 'serving') return;
    this.#phase = 'draining';
    if (!this.#running) this.#leave(SHUTTING_DOWN, 'server shut down');
  }

  #received(chunk: Buffer): void {
    if (this.#phase === 'leaving' || this.#phase === 'closed') return;
    this.#reader.push(chunk);
    if (this.#running) this.#lookAhead();
    else void this.#work();
  }

  /** Runs commands one after the other until there is none. */
  async #work(): Promise<void> {
    this.#running = true;
    let handled = 0;
    for (let input = this.#next(); input !== undefined; input = this.#next()) {
      if (input.kind === 'too-long') this.#write(this.#handler.rejectLongLine());
      else await this.#handle(input.text);
      // The next command must not overtake a STAT that came before it.
      if (this.#aside) await this.#aside;
      if (this.#phase === 'draining') this.#leave(SHUTTING_DOWN, 'server shut down');
      if (this.#stream.writableNeedDrain) await this.#repliesRead();
      handled += 1;
      if (handled % COMMANDS_PER_TURN === 0) await nextTurn();
    }
    this.#running = false;
    if (this.#phase === 'closed') this.#finish();
    else if (this.#phase === 'serving') this.#idle();
  }

  async #handle(line: string): Promise<void> {
    const replies = this.#handler.handle(line);
    // The command runs up to its first wait before the lines behind it are looked at: an ABOR there acts on it.
    let step = replies.next();
    this.#lookAhead();
    for (let result = await step; !result.done; result = await step) {
      this.#write(result.value);
      if (this.session.transfer) this.#startAside();
      step = replies.next();
    }
  }

  #next(): InputLine | undefined {
    if (this.#phase !== 'serving') return undefined;
    const input = this.#waiting.shift() ?? this.#reader.next();
    if (this.#waiting.length < WAITING_LINES && this.#stream.isPaused()) this.#stream.resume();
    return input;
  }

  /** Reads on while a command runs, so that ABOR ends it and NOOP and STAT are answered beside a transfer. */
  #lookAhead(): void {
    while (this.#waiting.length < WAITING_LINES) {
      const input = this.#reader.next();
      if (input === undefined) break;
      this.#waiting.push(input);
    }
    if (this.#waiting.length >= WAITING_LINES) this.#stream.pause();
    // ABOR takes its turn for its own reply; what stands before it ends now, the next command as soon as it begins.
    if (this.#waiting.some((input) => this.#urgencyOf(input) === 'abort')) this.#handler.abort();
    this.#startAside();
  }

  #startAside(): void {
    if (this.#aside || !this.#headActsAside()) return;
    this.#aside = this.#answerAside().finally(() => {
      this.#aside = undefined;
    });
  }

  #headActsAside(): boolean {
    const head = this.#waiting[0];
    return this.session.transfer !== undefined && head !== undefined && this.#urgencyOf(head) === 'answer';
  }

  /** Answers what may be answered while a transfer runs, as long as nothing that has to wait stands before it. */
  async #answerAside(): Promise<void> {
    while (this.#headActsAside()) {
      const input = this.#waiting.shift();
      if (input?.kind !== 'line') break;
      for await (const answer of this.#handler.handle(input.text)) this.#write(answer);
      this.#lookAhead();
    }
  }

  #urgencyOf(input: InputLine): 'wait' | 'answer' | 'abort' {
    return input.kind === 'line' ? this.#handler.urgency(input.text) : 'wait';
  }

  #write(answer: Reply): void {
    if (this.#phase === 'leaving' || this.#phase === 'closed') return;
    this.#stream.write(encodeReply(answer));
    if (closesConnection(answer)) this.#endStream(answer.code === 221 ? 'quit' : 'closed by server');
  }

  #leave(goodbye: Reply, reason: string): void {
    if (this.#phase === 'leaving' || this.#phase === 'closed') return;
    this.#stream.write(encodeReply(goodbye));
    this.#endStream(reason);
  }

  /** Half-closes and reads on, so that unread input does not turn our goodbye into a reset. */
  #endStream(reason: string): void {
    this.#phase = 'leaving';
    this.#reason = reason;
    this.#waiting.length = 0;
    this.#stream.end();
    this.#stream.resume();
    this.#setTimer(LINGER_MS);
  }

  /** Back-pressure: nothing more is done for a client that does not read what it was told. */
  #repliesRead(): Promise<void> {
    this.#blocked = true;
    return new Promise((resolve) => {
      const done = () => {
        this.#stream.off('drain', done);
        this.#stream.off('close', done);
        this.#blocked = false;
        resolve();
      };
      this.#stream.on('drain', done);
      this.#stream.on('close', done);
    });
  }

  /** After a command: the wait for the next one begins. */
  #idle(): void {
    if (this.#clientEnded) {
      this.#endStream('client closed');
    } else if (this.#loggedIn) {
      this.#reader.limit = LINE_LIMIT;
      this.#setTimer(this.session.idleTimeoutMs ?? this.#environment.settings.timeouts.idleMs);
    }
    // Until the login the one deadline from connect on stands, whatever the client sends.
  }

  get #loggedIn(): boolean {
    return this.session.login.state === 'logged-in';
  }

  #setTimer(ms: number): void {
    if (ms === this.#timerMs) {
      this.#timer.refresh();
      return;
    }
    clearTimeout(this.#timer);
    this.#timerMs = ms;
    this.#timer = setTimeout(() => this.#timeUp(), ms);
  }

  #timeUp(): void {
    if (this.#phase === 'leaving') this.#stream.destroy();
    // Not idle but at work: transfers have timeouts of their own (wire rule W30).
    else if (this.#running && this.#loggedIn && !this.#blocked) this.#timer.refresh();
    else this.#leave(TIMEOUT, 'timeout');
  }

  /** Commands that came before the end are still served; a transfer ends with its control connection (RFC 959 section 5.1). */
  #clientEndedItsSide(): void {
    this.#clientEnded = true;
    // Our goodbye came first, and says why.
    if (this.#phase === 'leaving') return;
    if (!this.#running) this.#endStream('client closed');
    else if (this.session.transfer && !this.#quitWaits()) this.#handler.abort();
  }

  #quitWaits(): boolean {
    return this.#waiting.some((input) => input.kind === 'line' && /^quit\s*$/i.test(input.text));
  }

  #closed(): void {
    this.#phase = 'closed';
    clearTimeout(this.#timer);
    this.#handler[Symbol.dispose]();
    if (!this.#running) this.#finish();
  }

  #finish(): void {
    const { log, emit } = this.#environment;
    log.info('disconnected', { session: this.session.id, reason: this.#reason });
    emit({ type: 'disconnect', session: summaryOf(this.session), reason: this.#reason });
    this.#resolveEnded();
  }
}
