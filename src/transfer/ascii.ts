/**
 * TYPE A: files hold lines that end with LF, the data connection carries lines that end with CRLF (RFC 959 section
 * 3.1.1.1). Anything else stays as it is, so that a file which is no text survives when it holds no line ends.
 *
 * The loops look at octet after octet: more than 500 MB/s whatever the lines are like (`bench/promises/ascii`). Searching for line
 * ends and copying what lies between is faster with lines of hundreds of octets, and far slower with ordinary ones.
 */

const LF = 0x0a;
const CR = 0x0d;

/** From the file to the wire: LF becomes CRLF; a CRLF that the file has already stays one. */
export class AsciiEncoder {
  /** The last octet of the file so far. */
  #previous = 0;
  readonly #room = new Room();

  /**
   * @param chunk the next octets of the file.
   * @returns what they are on the wire: `chunk` itself where nothing changes, else memory that the next call uses again.
   */
  encode(chunk: Uint8Array): Uint8Array {
    let previous = this.#previous;
    this.#previous = chunk.at(-1) ?? previous;
    if (!chunk.includes(LF)) return chunk;

    const encoded = this.#room.for(chunk.length * 2);
    let length = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const octet = chunk[at]!;
      if (octet === LF && previous !== CR) encoded[length++] = CR;
      encoded[length++] = octet;
      previous = octet;
    }
    return encoded.subarray(0, length);
  }
}

/** From the wire to the file: CRLF becomes LF; a CR before anything else stays. */
export class AsciiDecoder {
  /** The last octet from the wire so far. A CR has not been passed on: the next octet tells what it is. */
  #previous = 0;
  readonly #room = new Room();

  /**
   * @param chunk the next octets from the wire.
   * @returns what they are in the file: `chunk` itself where nothing changes, else memory that the next call uses again.
   *   May be empty.
   */
  decode(chunk: Uint8Array): Uint8Array {
    let previous = this.#previous;
    this.#previous = chunk.at(-1) ?? previous;
    if (previous !== CR && !chunk.includes(CR)) return chunk;

    const decoded = this.#room.for(chunk.length + 1);
    let length = 0;
    if (previous === CR) decoded[length++] = CR;
    for (let at = 0; at < chunk.length; at += 1) {
      const octet = chunk[at]!;
      // In the place of the CR.
      if (octet === LF && previous === CR) length -= 1;
      decoded[length++] = octet;
      previous = octet;
    }
    if (previous === CR) length -= 1;
    return decoded.subarray(0, length);
  }

  /** @returns what was kept back when the stream ended: a CR, or nothing. */
  finish(): Uint8Array {
    const rest = Uint8Array.from(this.#previous === CR ? [CR] : []);
    this.#previous = 0;
    return rest;
  }
}

/** The chunks of a file as they go over the wire. Each is valid until the next one is asked for. See AsciiEncoder. */
export async function* encodeLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const encoder = new AsciiEncoder();
  for await (const chunk of source) yield encoder.encode(chunk);
}

/**
 * The chunks from the wire as they go into a file, none of them empty. Each is valid until the next one is asked for. See
 * AsciiDecoder.
 */
export async function* decodeLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const decoder = new AsciiDecoder();
  for await (const chunk of source) {
    const decoded = decoder.decode(chunk);
    if (decoded.length > 0) yield decoded;
  }
  const rest = decoder.finish();
  if (rest.length > 0) yield rest;
}

/** Memory that is used again and again: to get new memory for every chunk costs as much as half of the conversion. */
class Room {
  #memory = new Uint8Array();

  for(octets: number): Uint8Array {
    if (this.#memory.length < octets) this.#memory = Buffer.allocUnsafeSlow(octets);
    return this.#memory;
  }
}
