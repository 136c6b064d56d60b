import type { Socket } from 'node:net';
import { encodeOctets } from '../storage/octets.ts';
import { type InputLine, LineReader } from './line-reader.ts';
import { type Sender, sendLater } from './outbox.ts';
import { encodeReply, type Reply } from './reply.ts';

/** Long enough for every command but those of somebody who wants to fill the memory (security rule S11). */
const LINE_LIMIT_BEFORE_LOGIN = 4096;
const LINE_LIMIT = 8192;

/** Lines read ahead of the command that runs; then the kernel's buffer has to keep the rest. */
const LINES_AHEAD = 32;

/** So much is not held back for the end of the turn. */
const HELD_BACK_CHARACTERS = 4096;

const ASCII = /^[\0-\x7f]*$/;

/** What happens on a control connection without being asked for. */
export interface ControlEvents {
  /** Octets have come; there may be lines to take. */
  received(): void;
  /** The client will send no more. */
  ended(): void;
  /** The connection is gone. */
  closed(): void;
}

/**
 * The control connection as lines in and replies out. Flow control is here and nowhere else: no more is read than
 * LINES_AHEAD lines that nobody has taken, and who writes can wait until the client has read.
 */
export class ControlStream implements Sender {
  /** The TCP connection, and behind the handshake what protects it. */
  #socket: Socket;
  readonly #events: ControlEvents;
  #reader = new LineReader(LINE_LIMIT_BEFORE_LOGIN);
  readonly #ahead: InputLine[] = [];
  #discarding = false;
  /** During a handshake. */
  #mute = false;
  /** Replies that have not been handed to the socket yet. */
  #unsent = '';

  constructor(socket: Socket, events: ControlEvents) {
    this.#socket = socket;
    this.#events = events;
    // The close event that follows says all that matters.
    socket.on('error', () => {});
    socket.on('close', () => events.closed());
    this.#listen();
  }

  /** Every octet that has come belongs to a line that was taken. */
  get exhausted(): boolean {
    return this.#ahead.length === 0 && this.#reader.pending === 0 && this.#socket.readableLength === 0;
  }

  /**
   * Says the last words in the clear, and goes on under protection. While the handshake lasts, nothing can be said or heard.
   * To be called when it is exhausted.
   * @param handshake protects the connection, from which nobody reads; closing the one closes the other.
   * @throws what `handshake` throws.
   */
  async protect<Protected extends Socket>(handshake: (socket: Socket) => Promise<Protected>): Promise<Protected> {
    const clear = this.#socket;
    this.sendNow();
    clear.off('data', this.#heard);
    clear.off('end', this.#ended);
    // What it has read already, the handshake takes from its buffer; flowing, it would be read by nobody.
    clear.pause();
    this.#mute = true;
    const socket = await handshake(clear);
    this.#mute = false;
    this.#socket = socket;
    this.#reader = new LineReader(LINE_LIMIT_BEFORE_LOGIN);
    this.#listen();
    // TLS 1.3 sends session tickets behind the handshake. A client's first words come with the end of the latter: answered
    // within the event that brings them, they and the tickets are one packet.
    socket.once('data', () => this.sendNow());
    return socket;
  }

  allowLongLines(): void {
    this.#reader.limit = LINE_LIMIT;
  }

  /** The next line in order; undefined when no whole one has come. */
  take(): InputLine | undefined {
    const line = this.#ahead.shift() ?? this.#reader.next();
    this.#regulate();
    return line;
  }

  /** The lines that have come and that nobody has taken, as far as they are read ahead. */
  lookAhead(): readonly InputLine[] {
    while (this.#ahead.length < LINES_AHEAD) {
      const line = this.#reader.next();
      if (line === undefined) break;
      this.#ahead.push(line);
    }
    this.#regulate();
    return this.#ahead;
  }

  /** Sends a reply before the event loop waits again, in the order of the calls. */
  write(reply: Reply): void {
    if (this.#mute) return;
    const first = this.#unsent === '';
    this.#unsent += encodeReply(reply);
    if (this.#unsent.length > HELD_BACK_CHARACTERS) this.sendNow();
    else if (first) sendLater(this);
  }

  /** Names in replies may not be UTF-8, and go out as they are. */
  sendNow(): void {
    const text = this.#unsent;
    if (text === '') return;
    this.#unsent = '';
    if (ASCII.test(text)) this.#socket.write(text, 'latin1');
    else this.#socket.write(encodeOctets(text));
  }

  /** The client does not read what it was told. */
  get blocked(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Fulfilled when the client has read, or is gone: nothing more should be done for it before that. */
  async replied(): Promise<void> {
    if (!this.blocked) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#socket.off('drain', done);
        this.#socket.off('close', done);
        resolve();
      };
      this.#socket.on('drain', done);
      this.#socket.on('close', done);
    });
  }

  /** Half-closes and reads on into the void: unread input would turn our last reply into a reset (wire rule W36). */
  end(): void {
    this.#discarding = true;
    this.#ahead.length = 0;
    this.sendNow();
    // In the middle of a handshake, there is no end that the client would understand.
    if (this.#mute) this.#socket.destroy();
    this.#socket.end();
    this.#socket.resume();
  }

  destroy(): void {
    this.sendNow();
    this.#socket.destroy();
  }

  readonly #heard = (chunk: Buffer): void => {
    if (this.#discarding) return;
    this.#reader.push(chunk);
    this.#events.received();
  };

  readonly #ended = (): void => this.#events.ended();

  #listen(): void {
    this.#socket.on('data', this.#heard);
    this.#socket.on('end', this.#ended);
  }

  #regulate(): void {
    if (this.#ahead.length >= LINES_AHEAD) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }
}
