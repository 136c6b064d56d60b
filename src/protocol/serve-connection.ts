import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../accounts/authenticator.ts';
import { HandshakeError } from '../tls/handshakes.ts';
import { newTicketKeys } from '../tls/ticket-keys.ts';
import { CommandHandler } from './command-handler.ts';
import { ControlStream } from './control-stream.ts';
import type { Environment } from './environment.ts';
import type { InputLine } from './line-reader.ts';
import { type Begun, closesConnection, isReply, type Reply, repliesOf, reply } from './reply.ts';
import { beginProtected, type Session } from './session.ts';
import { summaryOf } from './summary.ts';

/** Commands handled before other clients get their turn on the event loop. */
const COMMANDS_PER_TURN = 64;

/** How long a client may take to close its side after our goodbye, before we close for it (wire rule W36). */
const LINGER_MS = 1_000;

/** Why a session ends that nobody ends. */
const CONNECTION_LOST = 'connection lost';

const SHUTTING_DOWN = reply(421, 'The server is shutting down.');
const BEHIND_AUTH = reply(421, 'Nothing may follow AUTH before the TLS handshake.');
const KICKED = reply(421, 'The administrator has ended this session.');
const TIMEOUT = reply(421, 'Timeout: closing the control connection.');

/** For a client that comes too late to be served. Fulfilled when it is gone. */
export function sayGoodbye(stream: Socket): Promise<void> {
  return new Promise((resolve) => {
    const control = new ControlStream(stream, {
      received: () => {},
      ended: () => stream.destroy(),
      closed: () => {
        clearTimeout(timer);
        resolve();
      },
    });
    const timer = setTimeout(() => stream.destroy(), LINGER_MS);
    control.write(SHUTTING_DOWN);
    control.end();
  });
}

/**
 * - `securing`: the TLS handshake is under way; nothing is heard or said.
 * - `serving`: commands are taken and run.
 * - `draining`: the command that runs is the last one; then 421.
 * - `leaving`: the last reply is sent, the client's end is waited for.
 * - `closed`: the connection is gone.
 */
type Phase = 'securing' | 'serving' | 'draining' | 'leaving' | 'closed';

/**
 * One client from greeting to goodbye: takes lines, has them handled in order, sends the replies.
 *
 * Only what an idle client needs is kept between two commands: no suspended function, no listener but those of the
 * stream, one timer.
 */
export class Conversation {
  readonly session: Session;
  /** Fulfilled when the connection is closed and nothing runs any more. */
  readonly ended: Promise<void>;
  readonly #environment: Environment;
  readonly #control: ControlStream;
  readonly #handler: CommandHandler;
  #phase: Phase = 'serving';
  #running = false;
  /** Answers beside the transfer that runs. */
  #aside: Promise<void> | undefined;
  #clientEnded = false;
  #reason = CONNECTION_LOST;
  #timer: NodeJS.Timeout;
  #timerMs: number;
  #resolveEnded!: () => void;

  /** @param begin in the clear, or with the TLS handshake (implicit FTPS). */
  constructor(stream: Socket, session: Session, environment: Environment, begin: 'clear' | 'protected' = 'clear') {
    this.session = session;
    this.#environment = environment;
    this.#handler = new CommandHandler(session, environment);
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    // Until the login this is the deadline, whatever the client sends meanwhile (security rule S19).
    this.#timerMs = environment.settings.timeouts.loginMs;
    this.#timer = setTimeout(() => this.#timeUp(), this.#timerMs);
    this.#control = new ControlStream(stream, {
      received: () => this.#received(),
      ended: () => this.#clientEndedItsSide(),
      closed: () => this.#closed(),
    });
    if (begin === 'protected') void this.#beginProtected();
    else this.#greet();
  }

  #greet(): void {
    this.#control.write(this.#handler.greet());
    // Now: a unit that was started for this client has more to do in this turn, and it can wait.
    this.#control.sendNow();
  }

  /** Says 421: now if nothing runs, else when the command that runs has got its reply. */
  drain(): void {
    if (this.#phase === 'securing') this.#leave('server shut down');
    if (this.#phase !== 'serving') return;
    this.#phase = 'draining';
    if (!this.#running) this.#settle();
  }

  /** Says 421 and ends, whatever runs. */
  kick(): void {
    if (this.#phase === 'leaving' || this.#phase === 'closed') return;
    this.#leave('kicked', KICKED);
    this.#handler.abort();
  }

  #received(): void {
    if (this.#running) this.#lookAhead();
    else if (this.#phase === 'serving') void this.#work();
  }

  /** Runs commands one after the other until there is none. */
  async #work(): Promise<void> {
    let line = this.#control.take();
    // Parts of a line are no command: who sends them one by one is as idle as who sends nothing (security rule S19).
    if (line === undefined) return;
    this.#running = true;
    for (let handled = 1; line !== undefined; handled++) {
      // No wait where there is nothing to wait for: most commands are answered within the event that brought them.
      const handling = this.#handle(line);
      if (handling) await handling;
      // The next command must not overtake a STAT that came before it.
      if (this.#aside) await this.#aside;
      if (this.#mustPause(handled)) await this.#pause();
      line = this.#phase === 'serving' ? this.#control.take() : undefined;
    }
    this.#running = false;
    this.#settle();
  }

  /** @returns what to wait for until the command is over, if it is not. */
  #handle(line: InputLine): Promise<void> | undefined {
    if (line.kind === 'too-long') {
      this.#write(this.#handler.rejectLongLine());
      return undefined;
    }
    const outcome = this.#handler.handle(line.text);
    if (isReply(outcome)) {
      this.#write(outcome);
      return undefined;
    }
    // The command has run up to its first wait before the lines behind it are looked at: an ABOR there acts on it.
    return this.#writeAll(outcome);
  }

  async #writeAll(outcome: Promise<Reply | Begun>): Promise<void> {
    this.#lookAhead();
    const answer = await outcome;
    if (isReply(answer)) {
      this.#write(answer);
      return;
    }
    this.#write(answer.preliminary);
    this.#startAside();
    this.#write(await answer.complete());
  }

  /** Looks at what came behind the command that runs: ABOR ends it, NOOP and STAT are answered beside a transfer. */
  #lookAhead(): void {
    // ABOR takes its turn for its own reply; what stands before it ends now, or as soon as it begins.
    if (this.#control.lookAhead().some((line) => this.#urgencyOf(line) === 'abort')) this.#handler.abort();
    this.#startAside();
  }

  #startAside(): void {
    if (this.#aside || !this.#mayAnswerAside()) return;
    this.#aside = this.#answerAside().finally(() => {
      this.#aside = undefined;
    });
  }

  /** While a transfer runs, as long as nothing that has to wait stands before it. */
  #mayAnswerAside(): boolean {
    if (this.session.transfer === undefined) return false;
    const head = this.#control.lookAhead()[0];
    return head !== undefined && this.#urgencyOf(head) === 'answer';
  }

  async #answerAside(): Promise<void> {
    for (let answered = 1; this.#mayAnswerAside(); answered++) {
      const line = this.#control.take();
      if (line?.kind !== 'line') break;
      for await (const answer of repliesOf(this.#handler.handle(line.text))) this.#write(answer);
      if (this.#mustPause(answered)) await this.#pause();
    }
  }

  #urgencyOf(line: InputLine): 'wait' | 'answer' | 'abort' {
    return line.kind === 'line' ? this.#handler.urgency(line.text) : 'wait';
  }

  /** No faster than the client reads its replies, and not at the cost of the other clients. */
  #mustPause(handled: number): boolean {
    return handled % COMMANDS_PER_TURN === 0 || this.#control.blocked;
  }

  async #pause(): Promise<void> {
    await nextTurn();
    if (this.#control.blocked) await this.#control.replied();
  }

  /** After the last command that had come: what the phase asks for. */
  #settle(): void {
    switch (this.#phase) {
      case 'serving':
        if (this.#clientEnded) this.#leave('client closed');
        else this.#idle();
        break;
      case 'draining':
        this.#leave('server shut down', SHUTTING_DOWN);
        break;
      case 'securing':
      case 'leaving':
        break;
      case 'closed':
        this.#finish();
        break;
    }
  }

  #idle(): void {
    if (!this.#loggedIn) return;
    this.#control.allowLongLines();
    this.#setTimer(this.session.idleTimeoutMs ?? this.#environment.settings.timeouts.idleMs);
  }

  #write(answer: Reply): void {
    if (this.#phase === 'leaving' || this.#phase === 'closed') return;
    if (closesConnection(answer)) this.#leave(answer.code === 221 ? 'quit' : 'closed by server', answer);
    else if (answer.startsTls) this.#startTls(answer);
    else this.#control.write(answer);
  }

  /** What stands behind AUTH in the clear, was to be run as if it had come under protection (security rule S1). */
  #startTls(answer: Reply): void {
    if (this.#control.exhausted && !this.#clientEnded) {
      this.#control.write(answer);
      void this.#goOnProtected();
      return;
    }
    this.#environment.log.warn('commands behind AUTH', {
      session: this.session.id,
      address: this.session.client.address,
    });
    this.#leave('commands behind AUTH', BEHIND_AUTH);
  }

  async #beginProtected(): Promise<void> {
    if (!(await this.#secure('private'))) return;
    this.#greet();
    this.#received();
  }

  async #goOnProtected(): Promise<void> {
    if (await this.#secure('clear')) this.#received();
  }

  /**
   * Has the client protect the connection.
   * @param data how data connections are protected until PROT says something else.
   * @returns false when the conversation is over instead.
   */
  async #secure(data: 'clear' | 'private'): Promise<boolean> {
    const { handshakes, settings, log } = this.#environment;
    const { session } = this;
    this.#phase = 'securing';
    // The connection is gone before the handshake is known to have failed.
    this.#reason = 'TLS handshake failed';
    const ticketKeys = newTicketKeys();
    try {
      const socket = await this.#control.protect((clear) => handshakes!.perform(clear, ticketKeys));
      beginProtected(session, {
        state: 'protected',
        ticketKeys,
        bufferSizeSet: false,
        data,
        ...certificateOf(socket),
      });
      log.debug('protected', { session: session.id, protocol: socket.getProtocol() ?? undefined });
    } catch (error) {
      log.info('TLS handshake failed', {
        session: session.id,
        address: session.client.address,
        connection: 'control',
        reason: error instanceof HandshakeError ? error.reason : String(error),
      });
      this.#control.destroy();
      return false;
    }
    // It may have been closed since.
    if (this.#phase !== 'securing') return false;
    this.#phase = 'serving';
    this.#reason = CONNECTION_LOST;
    this.#setTimer(settings.timeouts.loginMs);
    return true;
  }

  #leave(reason: string, goodbye?: Reply): void {
    if (goodbye) this.#control.write(goodbye);
    this.#phase = 'leaving';
    this.#reason = reason;
    this.#control.end();
    this.#setTimer(LINGER_MS);
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
    // Not idle but at work (wire rule W30): transfers have timeouts of their own, and replies are the client's to read.
    const working = this.#running && this.#loggedIn && !this.#control.blocked;
    if (this.#phase === 'leaving') this.#control.destroy();
    else if (working || this.session.transfer) this.#timer.refresh();
    else this.#giveUp();
  }

  /** A login that is under way must not succeed behind the client's back. */
  #giveUp(): void {
    this.#leave('timeout', TIMEOUT);
    this.#handler.abort();
  }

  /** Commands that came before the end are still served; a transfer ends with its control connection (RFC 959 section 5.1). */
  #clientEndedItsSide(): void {
    this.#clientEnded = true;
    // Our goodbye came first, and says why.
    if (this.#phase === 'leaving') return;
    if (!this.#running) this.#leave('client closed');
    else if (this.session.transfer && !this.#quitWaits()) this.#handler.abort();
  }

  #quitWaits(): boolean {
    return this.#control.lookAhead().some((line) => line.kind === 'line' && /^quit\s*$/i.test(line.text));
  }

  #closed(): void {
    this.#phase = 'closed';
    clearTimeout(this.#timer);
    this.#handler[Symbol.dispose]();
    if (!this.#running) this.#settle();
  }

  #finish(): void {
    const { log, emit } = this.#environment;
    log.info('disconnected', { session: this.session.id, reason: this.#reason });
    emit({ type: 'disconnect', session: summaryOf(this.session), reason: this.#reason });
    this.#resolveEnded();
  }
}

/** Of a client that was asked for one, and has shown one that is trusted. */
function certificateOf(socket: TLSSocket): { certificate?: ClientCertificate } {
  // Of one that has left meanwhile nothing is known any more.
  if (!socket.authorized || socket.destroyed) return {};
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  // Several names are the name of nobody.
  return typeof subject.CN === 'string' ? { certificate: { name: subject.CN, fingerprint: fingerprint256 } } : {};
}
