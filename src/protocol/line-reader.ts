import { decodeOctets } from '../storage/octets.ts';

/** One command line without its end, or the news that one was longer than the limit and is thrown away. */
export type InputLine = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'too-long' };

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DELETE = 0x7f;

// RFC 854, "Telnet command structure".
const LOWEST_TELNET_COMMAND = 0xf0;
const WILL = 0xfb;
const DONT = 0xfe;
const IAC = 0xff;

const NO_OCTETS = Buffer.alloc(0);

/**
 * Makes command lines of the octets of a control connection (RFC 959 section 5.3, RFC 854, RFC 2640 section 3.1).
 *
 * It is lazy: `push` only keeps a chunk, `next` looks for one line. A caller that wants no more commands for now stops
 * calling `next`. Between two lines it holds no memory but what has not been asked for.
 *
 * Every octet is looked at with a state from the octet before and no look-ahead. So the lines do not depend on how the stream
 * was split into chunks. A whole line that is nothing but printable ASCII is taken at once.
 *
 * - A line ends with CRLF or LF. CR NUL is a literal CR, and so is a CR before any other octet.
 * - Telnet commands are taken out. IAC IAC is the octet 0xFF.
 * - When a client sends ABOR, STAT or QUIT with a Telnet Synch and the urgent octet was taken out of the stream, an LF or
 *   half of a Telnet command is missing (W8). Hence the IAC that takes only itself along when an ordinary octet follows,
 *   the stray octets that are dropped at the beginning of a line, and the CR that ends these three commands by itself.
 */
export class LineReader {
  /** The longest line in octets, without its end. May be changed between two lines. */
  limit: number;

  #chunks: Buffer[] = [];
  /** Index of the chunk that is being read, and of the octet in it. */
  #chunk = 0;
  #offset = 0;
  #unread = 0;

  #telnet: 'data' | 'after-IAC' | 'after-option' = 'data';
  #state: 'text' | 'after-CR' | 'line-feed-is-over' | 'discarding' = 'text';
  #line: number[] = [];

  /** @param limit the longest line in octets, without its end. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** @param chunk the next octets of the stream. They are not copied: the caller must not change them afterwards. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.#unread += chunk.length;
  }

  /**
   * How many octets were pushed that do not belong to a line which `next` has returned: nothing but 0 is allowed when
   * the stream changes its meaning, as it does behind AUTH.
   */
  get pending(): number {
    const withheld = (this.#telnet === 'data' ? 0 : 1) + (this.#state === 'after-CR' ? 1 : 0);
    return this.#unread + this.#line.length + withheld;
  }

  /**
   * @returns the next line, or `undefined` until more octets are pushed. A line that passes the limit is reported once,
   * at that moment; the rest of it is swallowed up to and including its LF, so that nothing in it can become a command.
   */
  next(): InputLine | undefined {
    for (; this.#chunk < this.#chunks.length; this.#chunk += 1, this.#offset = 0) {
      const octets = this.#chunks[this.#chunk]!;
      const plain = this.#takePlainLine(octets);
      if (plain) return plain;
      while (this.#offset < octets.length) {
        if (this.#state === 'discarding' && this.#telnet === 'data') {
          this.#skipDiscarded(octets);
          if (this.#offset === octets.length) break;
        }
        const item = this.#takeOffTelnet(octets[this.#offset]!);
        this.#offset += 1;
        this.#unread -= 1;
        if (item) return item;
      }
      this.#chunks[this.#chunk] = NO_OCTETS;
    }
    this.#chunks = [];
    this.#chunk = 0;
    return undefined;
  }

  /** What the octets would come to one after the other, in a seventh of the time: nearly all lines are whole, and printable ASCII. */
  #takePlainLine(octets: Buffer): InputLine | undefined {
    if (this.#state !== 'text' || this.#telnet !== 'data' || this.#line.length > 0) return undefined;
    const from = this.#offset;
    const last = Math.min(octets.length, from + this.limit);
    let to = from;
    while (to < last && octets[to]! >= SPACE && octets[to]! < DELETE) to += 1;
    const end = octets[to] === CR ? to + 1 : to;
    if (octets[end] !== LF) return undefined;
    this.#unread -= end + 1 - from;
    this.#offset = end + 1;
    return { kind: 'line', text: octets.toString('latin1', from, to) };
  }

  /**
   * Past what cannot end a line: one after the other at full length, the octets of an endless line would keep other clients
   * waiting. A loop, since indexOf for both octets would go over the same ones again and again.
   */
  #skipDiscarded(octets: Uint8Array): void {
    let at = this.#offset;
    while (at < octets.length && octets[at] !== LF && octets[at] !== IAC) at += 1;
    this.#unread -= at - this.#offset;
    this.#offset = at;
  }

  #takeOffTelnet(octet: number): InputLine | undefined {
    switch (this.#telnet) {
      case 'data':
        if (octet !== IAC) return this.#assemble(octet);
        this.#telnet = 'after-IAC';
        return undefined;
      case 'after-IAC':
        this.#telnet = octet >= WILL && octet <= DONT ? 'after-option' : 'data';
        if (octet === IAC || octet < LOWEST_TELNET_COMMAND) return this.#assemble(octet);
        return undefined;
      case 'after-option':
        this.#telnet = 'data';
        return undefined;
    }
  }

  #assemble(octet: number): InputLine | undefined {
    const before = this.#state;
    if (before === 'discarding') {
      if (octet === LF) this.#state = 'text';
      return undefined;
    }
    this.#state = 'text';
    if (before === 'line-feed-is-over' && octet === LF) return undefined;
    if (octet === LF) return this.#finish();
    if (before === 'after-CR') {
      const tooLong = this.#append(CR);
      if (tooLong || octet === NUL) return tooLong;
    }
    if (octet !== CR) return this.#append(octet);
    if (isUrgentCommand(this.#line)) {
      this.#state = 'line-feed-is-over';
      return this.#finish();
    }
    this.#state = 'after-CR';
    return undefined;
  }

  #append(octet: number): InputLine | undefined {
    if (this.#line.length === 0 && isStray(octet)) return undefined;
    if (this.#line.length < this.limit) {
      this.#line.push(octet);
      return undefined;
    }
    this.#line = [];
    this.#state = 'discarding';
    return { kind: 'too-long' };
  }

  #finish(): InputLine {
    const text = decodeOctets(new Uint8Array(this.#line));
    this.#line = [];
    return { kind: 'line', text };
  }
}

/** What is left of a mangled Telnet command. No FTP command begins with such an octet. */
function isStray(octet: number): boolean {
  return octet >= LOWEST_TELNET_COMMAND || octet < 0x20 || octet === DELETE;
}

/** The commands that RFC 959 section 4.1.3 lets a client send urgently, during a transfer. */
function isUrgentCommand(line: readonly number[]): boolean {
  return line.length === 4 && /^(?:ABOR|STAT|QUIT)$/i.test(String.fromCharCode(...line));
}
