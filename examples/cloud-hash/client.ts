/** A client for all three framings. */
import { connect, type Socket } from 'node:net';
import { type FramingName, framings } from './framings.ts';
import { messagesOf } from './messages.ts';
import { parseWhereabouts, type Whereabouts } from './requests.ts';

/** Of one answer; more is not believed to be one. */
const ANSWER_LIMIT_BYTES = 1_048_576;

export interface CloudHashClientOptions {
  readonly host?: string;
  readonly port: number;
  /** The one that the server has. */
  readonly framing: FramingName;
  /** How long the server may be silent while an answer is waited for (default 10 000). */
  readonly timeoutMs?: number;
}

/** The server said ERROR, or nothing at all. */
export class CloudHashError extends Error {
  override readonly name = 'CloudHashError';
}

/** Keeps one connection, except under the framing by EOF, where each request has to have its own. */
export class CloudHashClient {
  readonly #options: CloudHashClientOptions;
  #connection: Connection | undefined;

  constructor(options: CloudHashClientOptions) {
    this.#options = options;
  }

  /** @throws CloudHashError; the error of connecting. */
  async set(key: string, value: string): Promise<void> {
    const answer = await this.ask(`SET ${checkedKey(key)} ${value}`);
    if (answer !== 'STORED') throw new CloudHashError(answer);
  }

  /** @returns undefined when the one who answers has no such key. @throws CloudHashError; the error of connecting. */
  async get(key: string): Promise<string | undefined> {
    const answer = await this.ask(`GET ${checkedKey(key)}`);
    if (answer === 'NOT FOUND') return undefined;
    if (!answer.startsWith('VALUE ')) throw new CloudHashError(answer);
    return answer.slice('VALUE '.length);
  }

  /** @param request to be answered on the way. @throws CloudHashError; the error of connecting. */
  async where(request?: string): Promise<Whereabouts> {
    const answer = await this.ask(request === undefined ? 'WHERE' : `WHERE ${request}`);
    if (answer.startsWith('ERROR')) throw new CloudHashError(answer);
    return parseWhereabouts(answer);
  }

  /** The answer to a request, as it is. Requests may be asked before others are answered. */
  async ask(request: string): Promise<string> {
    if (!framings[this.#options.framing].onePerConnection) {
      this.#connection ??= new Connection(this.#options);
      return this.#connection.ask(request);
    }
    const connection = new Connection(this.#options);
    try {
      return await connection.ask(request);
    } finally {
      connection.close();
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

class Connection {
  readonly #options: CloudHashClientOptions;
  readonly #socket: Socket;
  /** A generator hands out its values in the order in which they were asked for. */
  readonly #answers: AsyncGenerator<Buffer>;
  #awaited = 0;

  constructor(options: CloudHashClientOptions) {
    const { host = '127.0.0.1', port, framing } = options;
    this.#options = options;
    this.#socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    this.#socket.on('timeout', () => this.#socket.destroy(new CloudHashError('the server is silent')));
    // Told to whoever reads the answers.
    this.#socket.on('error', () => {});
    this.#answers = messagesOf(this.#socket, framings[framing].decoder(ANSWER_LIMIT_BYTES));
  }

  async ask(request: string): Promise<string> {
    const framing = framings[this.#options.framing];
    this.#socket.write(framing.encode(request));
    if (framing.onePerConnection) this.#socket.end();
    this.#await(1);
    const { value, done } = await this.#answers.next();
    this.#await(-1);
    if (done) throw new CloudHashError('the server has closed the connection');
    return (value as Buffer).toString();
  }

  /** Silence is none of the server's fault while nothing is asked. */
  #await(more: number): void {
    this.#awaited += more;
    this.#socket.setTimeout(this.#awaited > 0 ? (this.#options.timeoutMs ?? 10_000) : 0);
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** With a space in it, the rest of the key would be taken for a value. */
function checkedKey(key: string): string {
  if (!/^\S+$/.test(key)) throw new CloudHashError('a key has at least one character, and no white space');
  return key;
}
