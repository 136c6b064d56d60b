import { deepStrictEqual } from 'node:assert/strict';
import { type InputLine, LineReader } from '../../../src/protocol/line-reader.ts';
import { referenceLines } from '../../protocol/reference-lines.ts';
import type { Chance } from '../chance.ts';
import type { FuzzScenario } from '../scenario.ts';

/** Octets that mean something to the reader, in the forms in which they come. */
const PIECES = [
  ...['\r\n', '\n', '\r', '\0', '\r\0', 'ABOR', 'stat', 'QuIt', 'USER a', ' ', 'x'.repeat(30), '\x1b', '\x7f', '\xf2'],
  ...['\xff', '\xff\xff', '\xff\xf4', '\xff\xf2', '\xff\xfb\x01', '\xff\xfe', '\xff\xf4\xff\xf2', '\xff\xf4\xffABOR\r'],
];

const LIMIT = 40;

/** S12: the lines are those of a simple parser, wherever the stream is split. */
export const lineReader: FuzzScenario = {
  title: 'S12: the line reader agrees with a simple parser at every split point',
  weight: 2,
  async run(chance, more) {
    let cases = 0;
    for (; more(); cases++) {
      const stream = Buffer.from(chance.text(PIECES, 30), 'latin1');
      const limit = 1 + chance.below(LIMIT);
      const expected = referenceLines(stream, limit);
      const told = `${JSON.stringify(stream.toString('latin1'))}, limit ${limit}`;
      deepStrictEqual(linesOf([stream], limit), expected, told);
      for (let at = 0; at <= stream.length; at++) {
        const parts = [stream.subarray(0, at), stream.subarray(at)];
        deepStrictEqual(linesOf(parts, limit), expected, `${told}, split at ${at}`);
      }
      deepStrictEqual(linesOf(anyParts(stream, chance), limit), expected, told);
    }
    return cases;
  },
};

function linesOf(parts: readonly Uint8Array[], limit: number): InputLine[] {
  const reader = new LineReader(limit);
  const lines: InputLine[] = [];
  for (const part of parts) {
    reader.push(part);
    for (let line = reader.next(); line; line = reader.next()) lines.push(line);
  }
  return lines;
}

function anyParts(stream: Uint8Array, chance: Chance): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = Math.min(stream.length, at + 1 + chance.below(5));
    parts.push(stream.subarray(at, end));
    at = end;
  }
  return parts;
}
