import { type FtpReply, ReplyReader } from '../../client/reply-reader.ts';
import { kindOf, OperationError } from '../operation-error.ts';
import type { Poller, Watcher } from './poller.ts';
import {
  type ConnectionSettings,
  Memory,
  openConnection,
  receive,
  type SocketAddress,
  transmit,
} from './system-calls.ts';

const RECEIVE_OCTETS = 16 * 1024;
/** A path of the longest command line. */
const SEND_OCTETS = 32 * 1024;
/** Of those that nobody has taken. */
const MOST_REPLIES = 100;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const ZERO = 0x30;

/** Made once: an error with its stack costs as much as three system calls. */
const CLOSED = new OperationError('the client has closed the connection');

/** For all: what is in them is taken before somebody else gets his turn. */
let received: Memory;
let sent: Memory;

export interface ControlListener {
  /** Something has come. */
  heard(): void;
  /** There will be no more replies. Not told of a connection that `close` ended. */
  broke(reason: OperationError): void;
}

/** The control connection of a client. */
export class Control implements Watcher {
  readonly #poller: Poller;
  readonly #listener: ControlListener;
  readonly #reader = new ReplyReader();
  #fd: number;
  /** Replies that nobody has waited for yet. */
  #replies: FtpReply[] = [];
  #waiting: { resolve(reply: FtpReply): void; reject(reason: OperationError): void } | undefined;
  #broken: OperationError | undefined;

  /** Begins to connect. @throws OperationError. */
  constructor(poller: Poller, to: SocketAddress, settings: ConnectionSettings, listener: ControlListener) {
    received ??= Memory.of(RECEIVE_OCTETS);
    sent ??= Memory.of(SEND_OCTETS);
    this.#poller = poller;
    this.#listener = listener;
    this.#fd = openConnection(to, settings);
    poller.watch(this.#fd, 'read', this);
  }

  get isOpen(): boolean {
    return this.#fd !== -1;
  }

  /** @param line with its CRLF. @throws OperationError when it cannot be sent. */
  send(line: string): void {
    if (this.#broken) throw this.#broken;
    const length = sent.octets.write(line);
    // So little does not fit only when the server reads nothing at all.
    if (transmit(this.#fd, sent, 0, length) !== length) throw new OperationError('the server does not read');
  }

  /** The next one. Rejected with an OperationError when there will be none. */
  reply(): Promise<FtpReply> {
    const reply = this.#replies.shift();
    if (reply) return Promise.resolve(reply);
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  /** Nobody will be told of it. */
  close(reason: OperationError = CLOSED): void {
    if (this.#fd === -1) return;
    this.#poller.close(this.#fd);
    this.#fd = -1;
    this.#broken = reason;
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
  }

  ready(): void {
    try {
      const count = receive(this.#fd, received);
      if (count === undefined) return;
      if (count === 0) throw new OperationError('connection lost');
      this.#listener.heard();
      this.#take(count);
    } catch (error) {
      this.#break(error as Error);
    }
  }

  #break(error: Error): void {
    const reason = error instanceof OperationError ? error : new OperationError(kindOf(error));
    this.close(reason);
    this.#listener.broke(reason);
  }

  /** A reply is one line that comes in one piece, nearly always; the reader does the rest. */
  #take(count: number): void {
    const { octets } = received;
    const code = (octets[0]! - ZERO) * 100 + (octets[1]! - ZERO) * 10 + octets[2]! - ZERO;
    const isCode = octets[3] === SPACE && code >= 100 && code < 600;
    if (isCode && this.#reader.idle && octets.indexOf(LINE_FEED) === count - 1) {
      this.#give({ code, lines: [octets.toString('latin1', 0, count - 2)] });
      return;
    }
    this.#reader.push(octets.toString('latin1', 0, count));
    for (let reply = this.#reader.next(); reply; reply = this.#reader.next()) this.#give(reply);
  }

  #give(reply: FtpReply): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve(reply);
    else if (this.#replies.push(reply) > MOST_REPLIES) throw new OperationError('replies that nobody asked for');
  }
}
