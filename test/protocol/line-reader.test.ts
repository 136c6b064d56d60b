import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InputLine, LineReader } from '../../src/protocol/line-reader.ts';
import { referenceLines } from './reference-lines.ts';

const LIMIT = 64;

function octets(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => Buffer.from(part as string)));
}

function readAll(reader: LineReader): InputLine[] {
  const items: InputLine[] = [];
  for (let item = reader.next(); item; item = reader.next()) items.push(item);
  return items;
}

/** What a reader makes of the chunks when it is asked after each of them. */
function itemsOf(chunks: readonly Uint8Array[], limit = LIMIT): InputLine[] {
  const reader = new LineReader(limit);
  return chunks.flatMap((chunk) => {
    reader.push(chunk);
    return readAll(reader);
  });
}

function split(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const borders = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  return borders.slice(1).map((end, index) => stream.subarray(borders[index], end));
}

function everyOctet(stream: Uint8Array): Uint8Array[] {
  return [...stream].map((octet) => Uint8Array.of(octet));
}

function texts(stream: Uint8Array): string[] {
  return itemsOf([stream]).map((item) => (item.kind === 'line' ? item.text : item.kind));
}

/** Streams in which the octets that mean something are frequent. */
const streams = fc
  .array(
    fc.oneof(
      fc.constantFrom('\r\n', '\n', '\r', '\0', 'ABOR', 'stat', 'QUIT', 'NOOP', ' ', 'a'.repeat(60)),
      fc.constantFrom([0xff], [0xf4], [0xf2], [0xfb], [0xfe], [0xff, 0xff], [0xff, 0xf4, 0xff, 0xf2]),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.array(fc.nat(255), { maxLength: 8 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => octets(...parts));

describe('LineReader', () => {
  it('W10: gives the same lines however the stream is split', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat()), (stream, cuts) => {
        const whole = itemsOf([stream]);
        expect(itemsOf(split(stream, cuts))).toEqual(whole);
        expect(itemsOf(everyOctet(stream))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same lines when everything was pushed before the first is asked for', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.nat()), (stream, cuts) => {
        const reader = new LineReader(LIMIT);
        for (const chunk of split(stream, cuts)) reader.push(chunk);
        expect(readAll(reader)).toEqual(itemsOf([stream]));
      }),
    );
  });

  it('S12: agrees with a simple parser', () => {
    fc.assert(
      fc.property(streams, fc.integer({ min: 1, max: LIMIT }), (stream, limit) => {
        expect(itemsOf([stream], limit)).toEqual(referenceLines(stream, limit));
      }),
      { numRuns: 2000 },
    );
  });

  it('ends a line with CRLF and with LF', () => {
    expect(texts(octets('NOOP\r\nPWD\n\r\n\nSYST\r'))).toEqual(['NOOP', 'PWD', '', '']);
  });

  it('W28: keeps spaces where they are', () => {
    expect(texts(octets('CWD  two \r\n'))).toEqual(['CWD  two ']);
  });

  it('escapes octets that are not UTF-8', () => {
    expect(texts(octets('RETR gr\u00fcn ', [0xe4], '\r\n'))).toEqual(['RETR grün \udce4']);
  });

  it.each([
    ['urgent LF lost (ftplib)', octets('ABOR\r', 'NOOP\r\n'), ['ABOR', 'NOOP']],
    ['DM lost (lftp)', octets([0xff, 0xf4, 0xff], 'ABOR\r\n'), ['ABOR']],
    ['second IAC lost (tnftp)', octets([0xff, 0xf4, 0xf2], 'ABOR\r\n'), ['ABOR']],
    ['nothing lost', octets([0xff, 0xf4, 0xff, 0xf2], 'ABOR\r\n'), ['ABOR']],
    ['two without DM', octets([0xff, 0xf4, 0xff, 0xff, 0xf4, 0xff], 'ABOR\r\n'), ['ABOR']],
    ['only DM left', octets([0xf2], 'ABOR\r\n'), ['ABOR']],
    ['control characters', octets([0x00, 0x1b, 0x7f, 0x0d], 'ABOR\r\n'), ['ABOR']],
    ['lower case', octets('abor\rstat\rQuit\r\n'), ['abor', 'stat', 'Quit']],
  ])('W8: finds ABOR behind a Telnet Synch, %s', (_, stream, expected) => {
    expect(texts(stream)).toEqual(expected);
  });

  it('W8: ends ABOR at its CR without waiting for more, and takes a late LF for its end', () => {
    const reader = new LineReader(LIMIT);
    reader.push(octets('ABOR\r'));
    expect(readAll(reader)).toEqual([{ kind: 'line', text: 'ABOR' }]);
    expect(reader.pending).toBe(0);
    reader.push(octets('\n'));
    expect(readAll(reader)).toEqual([]);
    reader.push(octets('\n'));
    expect(readAll(reader)).toEqual([{ kind: 'line', text: '' }]);
  });

  it('W8: leaves a CR in other lines alone, also behind ABOR with an argument', () => {
    expect(texts(octets('STAT a\rb\r\nABORT\rx\n'))).toEqual(['STAT a\rb', 'ABORT\rx']);
  });

  it('W9: takes IAC IAC for the octet 255 and CR NUL for a CR', () => {
    expect(texts(octets('RETR a', [0xff, 0xff], 'b\r\0c\r\n'))).toEqual(['RETR a\udcffb\rc']);
  });

  it('W9: takes out Telnet commands with and without an option', () => {
    expect(texts(octets('NO', [0xff, 0xfb, 0x0a, 0xff, 0xf1, 0xff, 0xfe, 0x41], 'OP\r', [0xff, 0xf9], '\n'))).toEqual([
      'NOOP',
    ]);
  });

  it('S11: accepts a line of exactly the limit', () => {
    expect(itemsOf([octets('x'.repeat(LIMIT), '\r\n')])).toEqual([{ kind: 'line', text: 'x'.repeat(LIMIT) }]);
  });

  it('S11: reports a longer line once, as soon as it is too long, and runs nothing of it', () => {
    const reader = new LineReader(4);
    reader.push(octets('DELE '));
    expect(readAll(reader)).toEqual([{ kind: 'too-long' }]);
    reader.push(octets('x\rABOR\rQUIT'));
    expect(readAll(reader)).toEqual([]);
    reader.push(octets('\nNOOP\n'));
    expect(readAll(reader)).toEqual([{ kind: 'line', text: 'NOOP' }]);
  });

  it('S11: applies a new limit to the next line', () => {
    const reader = new LineReader(4);
    reader.limit = 6;
    reader.push(octets('CWD ab\r\n'));
    expect(reader.next()).toEqual({ kind: 'line', text: 'CWD ab' });
  });

  it('S11: keeps nothing of 8 MiB without an end', () => {
    const reader = new LineReader(4096);
    const chunk = new Uint8Array(65_536).fill(0x41);
    let reports = 0;
    for (let pushed = 0; pushed < 8 * 1024 * 1024; pushed += chunk.length) {
      reader.push(chunk);
      reports += readAll(reader).length;
    }
    expect(reports).toBe(1);
    expect(reader.pending).toBe(0);
  });

  it('S1: counts what was not handed out', () => {
    const reader = new LineReader(LIMIT);
    reader.push(octets('AUTH TLS\r\nNO'));
    reader.next();
    expect(reader.pending).toBe(2);
    expect(reader.next()).toBeUndefined();
    expect(reader.pending).toBe(2);
    reader.push(octets('OP\r'));
    reader.next();
    expect(reader.pending).toBe(5);
    reader.push(octets('\n', [0xff]));
    reader.next();
    expect(reader.pending).toBe(1);
    reader.next();
    expect(reader.pending).toBe(1);
  });

  it('hands out 10,000 pipelined lines of one chunk, only as they are asked for', () => {
    const reader = new LineReader(LIMIT);
    reader.push(octets('NOOP\r\n'.repeat(10_000)));
    expect(reader.next()).toEqual({ kind: 'line', text: 'NOOP' });
    expect(reader.pending).toBe(9_999 * 6);
    expect(readAll(reader)).toHaveLength(9_999);
    expect(reader.pending).toBe(0);
  });

  it('puts together 10,000 lines that came octet by octet', () => {
    const reader = new LineReader(LIMIT);
    for (const octet of everyOctet(octets('NOOP\r\n'.repeat(10_000)))) reader.push(octet);
    expect(readAll(reader)).toHaveLength(10_000);
  });
});
