/**
 * How a receiver knows where one message ends and the next begins: TCP carries bytes, not messages (chapter 9 of the
 * book). Nothing here knows a socket.
 */

/** Bytes that are not messages of this framing. What came before them is still good; what comes behind cannot be read. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/** Makes messages of the bytes of one direction of one connection, however the network has cut them. */
export interface Decoder {
  /** @returns the messages that are complete with `chunk`. @throws FramingError, behind those that are. */
  push(chunk: Buffer): Iterable<Buffer>;
  /** The sender has closed its side. @throws FramingError when it did so in the middle of a message. */
  end(): Iterable<Buffer>;
}

export interface Framing {
  /** Only the end of the stream ends a message: a connection carries one each way. */
  readonly onePerConnection: boolean;
  /** @param limitBytes of one message; a longer one is a FramingError as soon as that is certain. */
  decoder(limitBytes: number): Decoder;
  /** @throws FramingError for a message that this framing cannot carry. */
  encode(message: string): Buffer;
}

export const FRAMING_NAMES = ['eof', 'newline', 'length'] as const;

export type FramingName = (typeof FRAMING_NAMES)[number];

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const PREFIX_BYTES = 4;

/** What has come of a message. Kept in the pieces in which it came, and put together once. */
class Pieces {
  bytes = 0;
  #pieces: Buffer[] = [];
  readonly #limitBytes: number;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  add(piece: Buffer): void {
    if (this.bytes + piece.length > this.#limitBytes) throw tooLong(this.#limitBytes);
    this.bytes += piece.length;
    if (piece.length > 0) this.#pieces.push(piece);
  }

  take(): Buffer {
    const whole = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.bytes = 0;
    return whole;
  }
}

/** A message is everything until the sender closes its side: shutdown(SHUT_WR), in Node `socket.end()`. */
const eof: Framing = {
  onePerConnection: true,
  encode: (message) => Buffer.from(message),
  decoder(limitBytes) {
    const message = new Pieces(limitBytes);
    return {
      push(chunk) {
        message.add(chunk);
        return [];
      },
      // Who only looks whether somebody listens has asked for nothing.
      end: () => (message.bytes > 0 ? [message.take()] : []),
    };
  },
};

/** A message is a line, ended by LF or CR LF. It cannot hold a line feed itself, nor a CR at its end. */
const newline: Framing = {
  onePerConnection: false,
  encode(message) {
    if (message.includes('\n') || message.endsWith('\r')) throw new FramingError('a line cannot hold a line break');
    return Buffer.from(`${message}\n`);
  },
  decoder(limitBytes) {
    const line = new Pieces(limitBytes);
    return {
      *push(chunk) {
        let start = 0;
        for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
          line.add(chunk.subarray(start, end));
          start = end + 1;
          const message = line.take();
          yield message.at(-1) === CARRIAGE_RETURN ? message.subarray(0, -1) : message;
        }
        line.add(chunk.subarray(start));
      },
      // Half a line may be another request than the whole: SET price 10, of SET price 1000.
      end: () => nothingLeft(line),
    };
  },
};

/** A message is preceded by its length in bytes: 4 bytes, big-endian, as the book's `[size].pack('N')`. */
const length: Framing = {
  onePerConnection: false,
  encode(message) {
    const body = Buffer.from(message);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt32BE(body.length);
    return Buffer.concat([prefix, body]);
  },
  decoder(limitBytes) {
    const prefix = new Pieces(PREFIX_BYTES);
    const body = new Pieces(limitBytes);
    /** Of the body; undefined while the prefix is not complete. */
    let expected: number | undefined;
    return {
      *push(chunk) {
        for (let rest = chunk; rest.length > 0; ) {
          const [part, wanted] = expected === undefined ? [prefix, PREFIX_BYTES] : [body, expected];
          const piece = rest.subarray(0, wanted - part.bytes);
          rest = rest.subarray(piece.length);
          part.add(piece);
          if (part.bytes < wanted) return;
          if (part === prefix) {
            expected = part.take().readUInt32BE();
            // Told before a byte of it is kept: a prefix costs the sender nothing, and could announce 4 GiB.
            if (expected > limitBytes) throw tooLong(limitBytes);
          }
          if (expected === body.bytes) {
            expected = undefined;
            yield body.take();
          }
        }
      },
      end() {
        if (expected !== undefined) throw cutOff();
        return nothingLeft(prefix);
      },
    };
  },
};

export const framings: Readonly<Record<FramingName, Framing>> = { eof, newline, length };

function nothingLeft(pieces: Pieces): [] {
  if (pieces.bytes > 0) throw cutOff();
  return [];
}

function tooLong(limitBytes: number): FramingError {
  return new FramingError(`a message has at most ${limitBytes} bytes`);
}

function cutOff(): FramingError {
  return new FramingError('the connection ended in the middle of a message');
}
