import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { link, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Each chunk is garbage when it is written: small ones let the memory be used again. */
const CHUNK_BYTES = 256 * 2 ** 10;
const READ_BYTES = 2 ** 20;

/** A file that is downloaded and uploaded. */
export interface SourceFile {
  readonly path: string;
  readonly octets: number;
  readonly sha256: string;
}

/** @param path of a file that is not there yet. */
export async function makeSourceFile(path: string, octets: number): Promise<SourceFile> {
  // The key stream of a cipher: as random as a checksum needs it, and faster than randomBytes.
  const cipher = createCipheriv('aes-128-ctr', randomBytes(16), randomBytes(16));
  const zeros = Buffer.alloc(Math.min(octets, CHUNK_BYTES));
  await using file = await open(path, 'wx', 0o644);
  for (let left = octets; left > 0; left -= zeros.length) {
    await file.writeFile(cipher.update(zeros.subarray(0, Math.min(left, zeros.length))));
  }
  return { path, octets, sha256: await sha256OfFile(path) };
}

/** Puts it into a folder that is served, without a copy. */
export async function offer(source: SourceFile, folder: string, name: string): Promise<void> {
  await link(source.path, join(folder, name));
}

/** Through one buffer: a stream would leave as much behind as the file is long. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  await using file = await open(path);
  for (;;) {
    const { bytesRead } = await file.read(buffer);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
  }
}
