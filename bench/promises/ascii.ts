/** How fast TYPE A is converted: run with --help. */
import { AsciiDecoder, AsciiEncoder } from '../../src/transfer/ascii.ts';
import { type Measurement, runBench } from './report.ts';

const CHUNK_BYTES = 256 * 1024;
/** Converted between two looks at the clock. */
const CHUNKS_A_ROUND = 4;

/** A chunk of a file each, with line ends of every kind and distance. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  'lines of 5 to 15 octets': lines(5, 15, '\n'),
  'lines of 20 to 80 octets': lines(20, 80, '\n'),
  'lines of 400 to 700 octets': lines(400, 700, '\n'),
  'lines of 20 to 80 octets, CRLF': lines(20, 80, '\r\n'),
  'no line ends': Buffer.alloc(CHUNK_BYTES, 'x'),
  'nothing but LF': Buffer.alloc(CHUNK_BYTES, '\n'),
  'nothing but CR': Buffer.alloc(CHUNK_BYTES, '\r'),
};

interface Direction {
  readonly name: string;
  convert(chunk: Uint8Array): Uint8Array;
  /** The same in one line, for strings: what the speed is compared with, and the octets. */
  plainly(chunk: Buffer): Buffer;
  /** From the contents of a file to what is converted. */
  input(file: Buffer): Buffer;
  /** Octets on the wire. */
  wire(input: Uint8Array, output: Uint8Array): number;
}

const encoder = new AsciiEncoder();
const decoder = new AsciiDecoder();
const onWire = (file: Buffer) => Buffer.from(file.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');

const DIRECTIONS: readonly Direction[] = [
  {
    name: 'RETR',
    convert: (chunk) => encoder.encode(chunk),
    plainly: onWire,
    input: (file) => file,
    wire: (_input, output) => output.length,
  },
  {
    name: 'STOR',
    convert: (chunk) => decoder.decode(chunk),
    plainly: (chunk) => Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
    input: onWire,
    wire: (input) => input.length,
  },
];

await runBench(
  {
    title: 'TYPE A: conversion of line ends',
    description: `
Converts chunks of 256 KiB in memory, in both directions, and counts the octets on the wire. Interleaved with it runs the
same conversion written in one line, for strings; what comes out of both is compared. The
fastest round counts: whatever else the machine does can only slow them down.`,
    numbers: { rounds: { default: 25, description: 'rounds of 1 MiB each' } },
  },
  async function* measure(numbers): AsyncGenerator<Measurement> {
    for (const direction of DIRECTIONS) {
      for (const [content, file] of Object.entries(CONTENTS))
        yield* compare(direction, content, file, numbers('rounds'));
    }
  },
);

function* compare(direction: Direction, content: string, file: Buffer, rounds: number): Generator<Measurement> {
  const { name, convert, plainly, wire } = direction;
  const input = direction.input(file);
  const bytes = wire(input, convert(input)) * CHUNKS_A_ROUND;
  const ours: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(durationMs(() => convert(input)));
    plain.push(durationMs(() => plainly(input)));
  }
  const rate = (durations: readonly number[]) => bytes / Math.min(...durations) / 1000;
  const same = convert(input).toString() === plainly(input).toString();
  yield { name: `${name}, ${content}`, value: rate(ours), unit: 'MB/s', atLeast: 500 };
  yield { name: '  against the conversion of strings', value: rate(ours) / rate(plain), unit: 'x' };
  yield { name: '  octets', value: same ? 'the same' : 'others', bound: 'the same' };
}

function durationMs(work: () => void): number {
  const before = performance.now();
  for (let chunk = 0; chunk < CHUNKS_A_ROUND; chunk++) work();
  return performance.now() - before;
}

/** A chunk of lines of all lengths from `shortest` to `longest`, in an order without a pattern to speak of. */
function lines(shortest: number, longest: number, end: string): Buffer {
  const chunk = Buffer.alloc(CHUNK_BYTES, 'x');
  const step = longest - shortest + 1;
  let at = 0;
  for (let n = 1; ; n++) {
    at += shortest + ((n * n * 31) % step);
    if (at + end.length > CHUNK_BYTES) return chunk;
    at += chunk.write(end, at);
  }
}
