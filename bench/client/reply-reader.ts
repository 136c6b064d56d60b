export interface FtpReply {
  readonly code: number;
  /** Every line as it came, without CRLF. */
  readonly lines: readonly string[];
}

/** Longer than a path of the longest command line with each of its quotes doubled. */
const LONGEST_LINE = 32 * 1024;
const MOST_LINES = 10_000;
/** Of replies that nobody has taken. */
const MOST_REPLIES = 100_000;

const FIRST_LINE = /^[1-5][0-9]{2}(?:[ -]|$)/;

/**
 * Takes replies apart as RFC 959 section 4.2 has it. A server that sends without an end, or anything but replies, gets no
 * more memory of its client than this allows (security rule S23).
 */
export class ReplyReader {
  readonly #replies: FtpReply[] = [];
  #partial = '';
  #lines: string[] = [];

  /**
   * @param text the next octets of the control connection, as Latin-1.
   * @throws Error when this is no server of FTP, or one that says too much.
   */
  push(text: string): void {
    const lines = (this.#partial + text).split('\r\n');
    this.#partial = lines.pop()!;
    for (const line of lines) this.#take(line);
    if (this.#partial.length > LONGEST_LINE) throw new Error('the server sent a line without an end');
  }

  /** In no reply, and with none to be taken. */
  get idle(): boolean {
    return this.#partial === '' && this.#lines.length === 0 && this.#replies.length === 0;
  }

  /** @returns the next reply that is complete, in the order in which they came. */
  next(): FtpReply | undefined {
    return this.#replies.shift();
  }

  #take(octets: string): void {
    if (octets.length > LONGEST_LINE) throw new Error('the server sent a line without an end');
    const line = Buffer.from(octets, 'latin1').toString('utf8');
    this.#lines.push(line);
    const first = this.#lines[0]!;
    if (!FIRST_LINE.test(first)) throw new Error('the server sent something that is no reply');
    const isLast = this.#lines.length === 1 ? line[3] !== '-' : line.startsWith(`${first.slice(0, 3)} `);
    if (isLast) this.#finish(Number(first.slice(0, 3)));
    else if (this.#lines.length === MOST_LINES) throw new Error('the server sent a reply without an end');
  }

  #finish(code: number): void {
    this.#replies.push({ code, lines: this.#lines });
    this.#lines = [];
    if (this.#replies.length > MOST_REPLIES) throw new Error('the server sent replies that nobody asked for');
  }
}

/**
 * The port to connect to. Not to any other address than that of the control connection: a 229 names none, and this is why
 * it is preferred to a 227 (security rule S23).
 * @returns 1…65535. @throws Error for anything but the reply of RFC 2428 section 3.
 */
export function extendedPassivePort({ code, lines }: FtpReply): number {
  const digits = /\(\|\|\|([0-9]{1,5})\|\)/.exec(lines[0]!)?.[1];
  const port = Number(digits);
  if (code !== 229 || !(port >= 1 && port <= 65_535)) throw new Error(`no passive port: ${lines.join(' / ')}`);
  return port;
}

/** @throws Error for what the server would take for two commands. CR NUL is a literal CR (RFC 2640 section 3.1). */
export function demandOneLine(line: string): void {
  if (/\n|\r(?!\0)/.test(line)) throw new Error(`a command has to be one line: ${JSON.stringify(line)}`);
}
