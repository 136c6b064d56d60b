import { connect, type Socket } from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import type { Endpoint, ServiceSpec } from 'ohai-ftpd';

export interface WordOptions {
  /** What becomes of a unit before it is ready. */
  readonly load?: 'throws' | 'exits';
  /** How long a unit lives after that. */
  readonly livesMs?: number;
  /** A file that gets a line for every unit that is started. */
  readonly starts?: string;
}

/** The recipe for the service of services/words.mjs. */
export function wordService(options: WordOptions = {}): ServiceSpec {
  const module = new URL('./services/words.mjs', import.meta.url).href;
  return { module, options: { ...options }, runsRequestsElsewhere: true };
}

/** A client of the service of words. */
export class WordClient {
  /** The process and thread that greeted it. */
  readonly place: string;
  /** Fulfilled when the connection is closed, however. */
  readonly left: Promise<'left'>;
  readonly #socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket, lines: AsyncIterator<string>, left: Promise<'left'>, place: string) {
    this.#socket = socket;
    this.#lines = lines;
    this.left = left;
    this.place = place;
  }

  /** Fulfilled when it is greeted. @throws Error when it is not, and never will be. */
  static async connect({ address, port }: Endpoint): Promise<WordClient> {
    const socket = connect({ host: address, port, noDelay: true });
    socket.on('error', () => {});
    const left = new Promise<'left'>((resolve) => socket.once('close', () => resolve('left')));
    const lines = linesOf(socket);
    const { value = 'nothing' } = await lines.next();
    const [, place] = /^hello (\d+ \d+)$/.exec(value) ?? [];
    if (place === undefined) throw new Error(`greeted with ${value}`);
    return new WordClient(socket, lines, left, place);
  }

  say(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  /** The next line; undefined when the server has closed instead. */
  async hear(): Promise<string | undefined> {
    const { value } = await this.#lines.next();
    return value as string | undefined;
  }

  async echo(text: string): Promise<string | undefined> {
    this.say(`echo ${text}`);
    return this.hear();
  }

  close(): void {
    this.#socket.destroy();
  }
}

function linesOf(socket: Socket): AsyncIterator<string> {
  const lines: Interface = createInterface({ input: socket });
  socket.once('close', () => lines.close());
  return lines[Symbol.asyncIterator]();
}
