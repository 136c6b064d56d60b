/**
 * Octets as strings, without loss. File names and command lines are octets; nearly always they are UTF-8, but a client of
 * the nineties or an old disk may hold others, and those must still be listed, fetched and deleted.
 *
 * An octet that is not part of valid UTF-8 stands in the string as a lone surrogate, 0x80…0xFF as U+DC80…U+DCFF. That is
 * what Python calls surrogateescape (PEP 383). No valid UTF-8 decodes to a lone surrogate, so the two cannot be confused.
 */
import { isUtf8 } from 'node:buffer';

const ESCAPE = 0xdc00;
/** With the `u` flag this matches surrogates that are not part of a pair, and those only. */
const LONE_SURROGATE = /([\ud800-\udfff])/u;
const QUESTION_MARK = 0x3f;

/**
 * @param bytes any octets.
 * @returns the string that they are in UTF-8, with every octet that is not valid there escaped as above.
 */
export function decodeOctets(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');

  let text = '';
  let validFrom = 0;
  for (let at = 0; at < buffer.length; ) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += buffer.toString('utf8', validFrom, at) + String.fromCharCode(ESCAPE + buffer[at]!);
    at += 1;
    validFrom = at;
  }
  return text + buffer.toString('utf8', validFrom);
}

/**
 * The inverse of decodeOctets: `encodeOctets(decodeOctets(bytes))` equals `bytes`, whatever they are.
 * @param text any string. A lone surrogate that stands for no octet becomes `?`.
 */
export function encodeOctets(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  // The capturing group keeps what it matched: every second piece is a lone surrogate.
  const pieces = text.split(LONE_SURROGATE);
  return Buffer.concat(pieces.map((piece, index) => (index % 2 === 0 ? Buffer.from(piece, 'utf8') : octetOf(piece))));
}

function octetOf(surrogate: string): Uint8Array {
  const octet = surrogate.charCodeAt(0) - ESCAPE;
  return Uint8Array.of(octet >= 0x80 && octet <= 0xff ? octet : QUESTION_MARK);
}

/** The length in octets of the well-formed sequence at `at`, 0 when there is none (RFC 3629 section 4). */
function sequenceLength(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const lead = bytes[at]!;
  const tail = (offset: number, lowest = 0x80, highest = 0xbf) => {
    const octet = bytes[at + offset];
    return octet !== undefined && octet >= lowest && octet <= highest;
  };
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return tail(1) ? 2 : 0;
  if (lead < 0xf0) {
    // No longer form of a shorter sequence (E0), no surrogates (ED).
    const second = tail(1, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf);
    return second && tail(2) ? 3 : 0;
  }
  if (lead < 0xf5) {
    // Neither a longer form (F0) nor beyond U+10FFFF (F4).
    const second = tail(1, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf);
    return second && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}
