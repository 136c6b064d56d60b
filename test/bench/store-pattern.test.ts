import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PERIOD, storedSha256, storePattern } from '../../bench/load/store-pattern.ts';

test.each([0, 1, PERIOD - 1, PERIOD, PERIOD + 1, 3 * PERIOD + 7])(
  'the digest of %i stored octets is that of the pattern',
  (octets) => {
    const file = Buffer.alloc(octets, storePattern);
    expect(storedSha256(octets)).toBe(createHash('sha256').update(file).digest('hex'));
  },
);

test('pieces of the pattern that have changed places are another file', () => {
  const pieces = Array.from({ length: 255 }, (_, index) =>
    storePattern.toString('latin1', index * 4096, (index + 1) * 4096),
  );
  expect(new Set(pieces).size).toBe(pieces.length);
});
