/** What clients store: octets that anybody can make again, so that a file can be checked when they have gone. */
import { createHash } from 'node:crypto';

/** A prime, so that pieces of a file that have changed places are seen, whatever size they have. */
export const PERIOD = 1_048_573;

/** Linear congruences modulo 2³² (Numerical Recipes), of which the upper octet is taken: no two pieces are alike. */
const [FACTOR, SUMMAND] = [1_664_525, 1_013_904_223];

/** One period; a file is as many of them as it takes, the last one cut. */
export const storePattern: Buffer = makePattern();

function makePattern(): Buffer {
  const octets = Buffer.allocUnsafeSlow(PERIOD);
  for (let at = 0, state = 1; at < PERIOD; at += 1) {
    state = (Math.imul(state, FACTOR) + SUMMAND) | 0;
    octets[at] = state >>> 24;
  }
  return octets;
}

const digests = new Map<number, string>();

/** The SHA-256, in hexadecimal digits, of a file of so many octets. Takes about a second for each gigabyte, once. */
export function storedSha256(octets: number): string {
  const known = digests.get(octets);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for (let left = octets; left > 0; left -= PERIOD) hash.update(storePattern.subarray(0, Math.min(left, PERIOD)));
  const digest = hash.digest('hex');
  digests.set(octets, digest);
  return digest;
}
