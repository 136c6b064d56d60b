import { encodeOctets } from '../../storage/octets.ts';

/** UTF-8 of a UTF-16 unit takes so many octets at most (RFC 3629): four are for two units. */
const OCTETS_PER_UNIT = 3;

/**
 * The octets of text that comes in parts. All parts are written into one buffer: what was yielded is good until the next is
 * asked for.
 */
export async function* encodeParts(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let buffer = Buffer.alloc(0);
  for await (const part of parts) {
    // Names that are not UTF-8 stand for octets in a way that Buffer does not know.
    if (!part.isWellFormed()) {
      yield encodeOctets(part);
      continue;
    }
    const most = part.length * OCTETS_PER_UNIT;
    if (buffer.length < most) buffer = Buffer.allocUnsafeSlow(most);
    yield buffer.subarray(0, buffer.write(part));
  }
}
