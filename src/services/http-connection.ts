import type { IncomingMessage, ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { lastWords } from '../runtime/last-words.ts';
import type { ControlConnection } from '../runtime/service.ts';
import { StorageError } from '../storage/storage-error.ts';
import { reset } from '../transfer/reset.ts';
import { type Answer, answerTo, type Question, type Site } from './http-answer.ts';
import { HttpError, rawRefusal, refusalAnswer, refusalOf } from './http-errors.ts';
import { ClientLeftError, sendAnswer } from './http-send.ts';
import type { Log } from './log.ts';

/** Requests that a client may send ahead; further ones are left in the kernel, and so to the client to keep. */
const PIPELINED = 32;

/** One client's connection. Its requests are answered one after the other, in the order in which they came. */
export class HttpConnection {
  /** Fulfilled when the connection is closed and nothing that was opened for it is open any more. */
  readonly ended: Promise<void>;
  readonly #connection: ControlConnection;
  readonly #site: Site;
  readonly #log: Log;
  /** Everything that was to be done so far. Never rejects. */
  #work: Promise<void> = Promise.resolve();
  /** Requests that have come and are not answered. */
  #waiting = 0;
  #current: string | undefined;
  #draining = false;
  #unreadable = false;

  constructor(connection: ControlConnection, site: Site, log: Log) {
    this.#connection = connection;
    this.#site = site;
    this.#log = log;
    const { stream } = connection;
    const closed = stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', resolve));
    this.ended = closed.then(() => this.#work);
  }

  /** What the client does, in words. */
  get activity(): string {
    return this.#current ?? 'idle';
  }

  /** Takes a request, to be answered when its turn has come. */
  receive(request: IncomingMessage, response: ServerResponse): void {
    const { stream } = this.#connection;
    this.#waiting += 1;
    if (this.#waiting >= PIPELINED) process.nextTick(() => this.#holdOff());
    this.#then(async () => {
      // After the last answer that was announced as such, or without a client, there is nobody to answer.
      if (stream.writable) await this.#answer(request, response);
      this.#waiting -= 1;
      if (this.#waiting === PIPELINED - 1) stream.resume();
      if (this.#waiting === 0 && this.#draining) stream.destroySoon();
    });
  }

  /** Turns away what cannot be read as a request, behind the answers to those before, and ends the connection. */
  refuse(error: HttpError): void {
    if (this.#unreadable) return;
    this.#unreadable = true;
    this.#then(async () => {
      const { stream, remote } = this.#connection;
      if (!stream.writable) return;
      this.#log.info('request', { code: error.code, address: remote.address });
      await lastWords(stream, rawRefusal(error));
    });
  }

  /** Ends the connection: now when it is idle, otherwise with the answers that the client waits for. */
  drain(): void {
    this.#draining = true;
    if (this.#waiting === 0) this.#connection.stream.destroySoon();
  }

  /** Not before Node is done with what it has read: behind every request it sets the socket to read the next one. */
  #holdOff(): void {
    if (this.#waiting >= PIPELINED) this.#connection.stream.pause();
  }

  #then(act: () => Promise<unknown>): void {
    this.#work = this.#work.then(act).then(
      () => {},
      (error: unknown) => {
        this.#logFault(error);
        this.#connection.stream.destroy();
      },
    );
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: target = '', headers } = request;
    const path = target.split('?', 1)[0]!;
    this.#current = `${method} ${path}`;
    const answer = await this.#find({ method, target, headers });
    await using _body = typeof answer.body === 'object' ? answer.body : undefined;
    let octets = 0;
    let broken = false;
    try {
      await sendAnswer(response, answer, {
        withBody: method !== 'HEAD',
        last: this.#draining,
        onSent: (sent) => {
          octets += sent;
        },
      });
    } catch (error) {
      if (!(error instanceof ClientLeftError || error instanceof StorageError)) this.#logFault(error);
      broken = true;
      // Part of the answer may be out: a client that saw an orderly end could take it for the whole.
      reset(this.#connection.stream);
    }
    const { address } = this.#connection.remote;
    this.#log.info('request', { method, path, code: answer.code, octets, address, ...(broken && { broken }) });
    this.#current = undefined;
  }

  async #find(question: Question): Promise<Answer> {
    try {
      return await answerTo(question, this.#site);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) this.#logFault(error);
      return refusalAnswer(refusal ?? new HttpError(500));
    }
  }

  #logFault(error: unknown): void {
    this.#log.error('request failed', { request: this.activity, error: inspect(error) });
  }
}
