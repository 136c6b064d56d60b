import { HASH_ALGORITHMS, type HashAlgorithm } from './hash-algorithms.ts';

export interface Digest {
  update(chunk: Uint8Array): void;
  /** Lower case. To be asked once. */
  hex(): string;
}

export function newDigest(algorithm: HashAlgorithm): Digest {
  // Not imported: a unit that greets its first client has no time to load them.
  if (algorithm === 'CRC32') {
    const { crc32 } = process.getBuiltinModule('node:zlib');
    let value = 0;
    return {
      update: (chunk) => {
        value = crc32(chunk, value);
      },
      hex: () => value.toString(16).padStart(8, '0'),
    };
  }
  const hash = process.getBuiltinModule('node:crypto').createHash(HASH_ALGORITHMS[algorithm]);
  return { update: (chunk) => hash.update(chunk), hex: () => hash.digest('hex') };
}
