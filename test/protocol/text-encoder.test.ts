import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeParts } from '../../src/protocol/commands/text-encoder.ts';
import { encodeOctets } from '../../src/storage/octets.ts';

async function* each(parts: readonly string[]): AsyncGenerator<string> {
  yield* parts;
}

test('parts become the octets that they stand for, whatever is in them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'binary' })), fc.string(), async (parts, last) => {
      const text = [...parts, 'a\udce4b', last];
      const octets: Buffer[] = [];
      for await (const chunk of encodeParts(each(text))) octets.push(Buffer.from(chunk));
      expect(octets).toEqual(text.map(encodeOctets));
    }),
  );
});

test('one piece of memory serves for all parts that are not longer than those before', async () => {
  const places = new Set<ArrayBufferLike>();
  for await (const chunk of encodeParts(each(['x'.repeat(1_000), 'y', 'ü'.repeat(1_000), ''])))
    places.add(chunk.buffer);
  expect(places.size).toBe(1);
});
