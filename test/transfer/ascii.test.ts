import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AsciiDecoder, AsciiEncoder, decodeLines, encodeLines } from '../../src/transfer/ascii.ts';

/** Chunks, empty ones among them, in which line ends are frequent and fall on borders. */
const streams = fc.array(
  fc
    .array(fc.oneof(fc.constantFrom('\r', '\n', '\r\n'), fc.string({ unit: 'binary-ascii', maxLength: 3 })), {
      maxLength: 8,
    })
    .map((parts) => parts.join('')),
  { maxLength: 8 },
);

async function* chunksOf(texts: readonly string[]): AsyncGenerator<Uint8Array, void> {
  for (const text of texts) yield Buffer.from(text, 'latin1');
}

async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of source) text += Buffer.from(chunk).toString('latin1');
  return text;
}

describe('encodeLines', () => {
  it('makes every LF a CRLF and leaves a CRLF as it is, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (texts) => {
        const expected = texts.join('').replaceAll(/\r?\n/g, '\r\n');
        expect(await textOf(encodeLines(chunksOf(texts)))).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a CRLF that two chunks share', async () => {
    expect(await textOf(encodeLines(chunksOf(['a\r', '', '\nb'])))).toBe('a\r\nb');
  });

  it('leaves octets alone that are no text', async () => {
    const octets = Uint8Array.from({ length: 256 }, (_, octet) => octet).filter((octet) => octet !== 0x0a);
    const chunk = new AsciiEncoder().encode(octets);
    expect(chunk).toBe(octets);
  });

  it('does not write into the chunk that it was given', () => {
    const chunk = Buffer.from('a\nb\n');
    expect(Buffer.from(new AsciiEncoder().encode(chunk)).toString()).toBe('a\r\nb\r\n');
    expect(chunk.toString()).toBe('a\nb\n');
  });
});

describe('decodeLines', () => {
  it('makes every CRLF an LF and keeps any other CR, whatever the chunks', async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (texts) => {
        const expected = texts.join('').replaceAll('\r\n', '\n');
        expect(await textOf(decodeLines(chunksOf(texts)))).toBe(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('recognises a CRLF that two chunks share', async () => {
    expect(await textOf(decodeLines(chunksOf(['a\r', '', '\nb'])))).toBe('a\nb');
  });

  it('keeps a CR at the very end', async () => {
    expect(await textOf(decodeLines(chunksOf(['a\r'])))).toBe('a\r');
  });

  it('passes no empty chunk on', async () => {
    const lengths: number[] = [];
    for await (const chunk of decodeLines(chunksOf(['\r', '', '\n', '\r', '\r', 'a']))) lengths.push(chunk.length);
    expect(lengths.every((length) => length > 0)).toBe(true);
  });

  it('does not write into the chunk that it was given', () => {
    const chunk = Buffer.from('a\r\nb\r\n');
    expect(Buffer.from(new AsciiDecoder().decode(chunk)).toString()).toBe('a\nb\n');
    expect(chunk.toString()).toBe('a\r\nb\r\n');
  });

  it('undoes encodeLines for a file without CR', async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (texts) => {
        const unix = texts.map((text) => text.replaceAll('\r', ''));
        expect(await textOf(decodeLines(encodeLines(chunksOf(unix))))).toBe(unix.join(''));
      }),
    );
  });
});
