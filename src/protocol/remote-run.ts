import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { TlsEdition } from '../tls/handshakes.ts';
import { type Command, INTERNAL_ERROR, type Run } from './command-run.ts';
import type { DataChannel } from './data-channel.ts';
import type { Environment } from './environment.ts';
import { Interruption } from './interruption.ts';
import type { Presences } from './presences.ts';
import { failureOf, type LoopDuties, type RemoteRequest, type ToLoop, type ToThread } from './remote-messages.ts';
import { type Begun, isFinal, type Reply, reply } from './reply.ts';
import { POOL_FULL, type RequestPool } from './request-pool.ts';
import type { Session } from './session.ts';
import { sharedTransfer } from './shared-transfer.ts';

const TOO_BUSY = reply(451, 'Too busy; try again later.');

/**
 * One command that runs in a thread of a pool: the side that stays on the event loop. serve-request.ts is the other one.
 *
 * The connections of the client stay here, and the session is this side's: the thread gets a copy of it and tells at the
 * end what it has changed. If the thread dies, the session is what it was before the command, and a data connection that
 * the thread had is reset.
 */
export class RemoteRun implements Run {
  readonly #command: Command;
  readonly #pool: RequestPool;
  readonly #session: Session;
  readonly #environment: Environment;
  readonly #data: DataChannel;
  readonly #duties: LoopDuties;
  readonly #line: MessagePort;
  readonly #farEnd: MessagePort;
  readonly interruption = new Interruption();
  /** Replies that have come and nobody has taken. */
  readonly #replies: Reply[] = [];
  #onReply: () => void = () => {};
  #ended = false;

  constructor(command: Command, pool: RequestPool, session: Session, environment: Environment, data: DataChannel) {
    this.#command = command;
    this.#pool = pool;
    this.#session = session;
    this.#environment = environment;
    this.#data = data;
    const { interruption } = this;
    this.#duties = {
      listen: () => data.listen(interruption),
      dialTo: (to) => data.dialTo(to),
      lend: async (edition) => ({ descriptor: await data.lend(interruption), ...this.#newerTls(edition) }),
      close: () => data.close(),
      ...presenceDuties(environment.presences),
      takeOfRate: (name, bytesPerSecond, octets) =>
        environment.rates.shared(name, bytesPerSecond).take(octets, interruption.signal),
    };
    const { port1, port2 } = new MessageChannel();
    this.#line = port1;
    this.#farEnd = port2;
  }

  async start(): Promise<Reply | Begun> {
    this.#line.on('message', (message: ToLoop) => this.#received(message));
    this.#line.on('close', () => this.#lost(new Error('the thread has closed its line')));
    void this.#handOver();
    const answer = await this.#next();
    return isFinal(answer) ? answer : { preliminary: answer, complete: () => this.#next() };
  }

  abort(): void {
    if (this.interruption.aborted) return;
    // First, so that the thread knows why its data connection breaks.
    this.#post({ kind: 'abort' });
    this.interruption.abort();
  }

  /** Certificates that were renewed since the thread began reach it with the first connection that needs them. */
  #newerTls(edition: number | undefined): { tls?: TlsEdition } {
    const current = this.#environment.handshakes?.current;
    return current && edition !== undefined && edition !== current.edition ? { tls: current } : {};
  }

  async #next(): Promise<Reply> {
    if (this.#replies.length === 0) await new Promise<void>((resolve) => (this.#onReply = resolve));
    return this.#replies.shift()!;
  }

  async #handOver(): Promise<void> {
    const { row, argument, pending } = this.#command;
    const request: RemoteRequest = {
      session: this.#session,
      verb: row.verb,
      argument,
      pending,
      dataPrepared: this.#data.active,
    };
    try {
      await this.#pool.run(request, this.#farEnd);
    } catch (error) {
      this.#lost(error);
    }
  }

  #received(message: ToLoop): void {
    switch (message.kind) {
      case 'preliminary':
        this.#push(message.reply);
        break;
      case 'transfer':
        this.#session.transfer = sharedTransfer(message.transfer, message.moved);
        break;
      case 'event':
        this.#environment.emit(message.event);
        break;
      case 'call':
        void this.#answer(message);
        break;
      case 'done':
        Object.assign(this.#session, message.changes);
        this.#end(message.reply);
        break;
    }
  }

  async #answer({ call, duty, args }: Extract<ToLoop, { kind: 'call' }>): Promise<void> {
    try {
      const value = await (this.#duties[duty] as (...args: readonly unknown[]) => unknown)(...args);
      this.#post({ kind: 'answer', call, value });
    } catch (error) {
      this.#post({ kind: 'failure', call, failure: failureOf(error) });
    }
  }

  #lost(error: unknown): void {
    if (this.#ended) return;
    const { id, lastVerb } = this.#session;
    const full = error instanceof Error && 'code' in error && error.code === POOL_FULL;
    if (full) this.#environment.log.warn('too many requests', { session: id, verb: lastVerb });
    else this.#environment.log.error('request lost', { session: id, verb: lastVerb, error: String(error) });
    // The thread may have asked for a data connection that is still to come.
    this.interruption.abort();
    // Behind a 150 the client waits for the end of its data connection, whether or not the thread has got that far.
    if (this.#session.transfer !== undefined) this.#data.cutOff();
    this.#end(full ? TOO_BUSY : INTERNAL_ERROR);
  }

  #end(last: Reply): void {
    this.#ended = true;
    this.#session.transfer = undefined;
    this.#data.takeBack();
    this.#line.close();
    this.#push(last);
  }

  #push(answer: Reply): void {
    this.#replies.push(answer);
    this.#onReply();
  }

  #post(message: ToThread): void {
    this.#line.postMessage(message);
  }
}

function presenceDuties(presences: Presences): Pick<LoopDuties, keyof Presences> {
  return {
    logIn: (session, user) => presences.logIn(session, user),
    logOut: (session) => presences.logOut(session),
    loginFailed: (session, user) => presences.loginFailed(session, user),
    who: () => presences.who(),
    kick: (session) => presences.kick(session),
  };
}
