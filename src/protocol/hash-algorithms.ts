/** The algorithms of HASH by the names of draft-bryan-ftpext-hash-02 section 3.1, and what computes them. */
export const HASH_ALGORITHMS = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  MD5: 'md5',
  CRC32: 'crc32',
} as const;

export type HashAlgorithm = keyof typeof HASH_ALGORITHMS;
