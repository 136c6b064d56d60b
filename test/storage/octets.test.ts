import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeOctets, encodeOctets } from '../../src/storage/octets.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Any code point but surrogates; quicker to make than fast-check's own `binary` strings. */
const codePoint = fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }));
const wellFormed = fc.string({ unit: codePoint.map((code) => String.fromCodePoint(code)) });

describe('octets', () => {
  it('gives back any octets as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(hex(encodeOctets(decodeOctets(bytes)))).toBe(hex(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('gives back octets in which valid and broken UTF-8 are mixed', () => {
    const piece = fc.oneof(
      wellFormed.map((text) => Buffer.from(text, 'utf8')),
      fc
        .constantFrom('c0af', 'e0809f', 'eda080', 'f0808080', 'f4908080', 'f5', 'ff', 'e282', 'f09f98', '80', 'edb280')
        .map((digits) => Buffer.from(digits, 'hex')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const bytes = Buffer.concat(pieces);
        expect(hex(encodeOctets(decodeOctets(bytes)))).toBe(hex(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('treats every well-formed string as plain UTF-8', () => {
    fc.assert(
      fc.property(wellFormed, (text) => {
        expect(hex(encodeOctets(text))).toBe(hex(Buffer.from(text, 'utf8')));
        expect(decodeOctets(Buffer.from(text, 'utf8'))).toBe(text);
      }),
    );
  });

  it('escapes exactly the octets that are not valid, one by one', () => {
    expect(decodeOctets(Uint8Array.of(0x61, 0xe4, 0x62))).toBe('a\udce4b');
    expect(decodeOctets(Buffer.from('e282ace282', 'hex'))).toBe('€\udce2\udc82');
    expect(decodeOctets(Buffer.from('edb280', 'hex'))).toBe('\udced\udcb2\udc80');
  });

  it('keeps a real replacement character apart from a broken octet', () => {
    expect(decodeOctets(Buffer.from('\ufffd'))).toBe('\ufffd');
    expect(decodeOctets(Uint8Array.of(0xff))).toBe('\udcff');
  });

  it('writes a question mark for a lone surrogate that stands for no octet', () => {
    expect(encodeOctets('a\ud800b\udc7f').toString('latin1')).toBe('a?b?');
  });

  it('decodes a view into a larger buffer', () => {
    const whole = Buffer.from('xx\xe4yy', 'latin1');
    expect(decodeOctets(whole.subarray(2, 3))).toBe('\udce4');
  });
});
