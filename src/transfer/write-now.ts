import { writeSync } from 'node:fs';
import type { FileInKernel, WritableFile } from '../storage/file-system.ts';

/**
 * Writes all of `chunk` where the file stands. For files in memory: a hand-over to a thread that writes would take ten times as long.
 * @param inKernel of `file`. @throws what its write() throws.
 */
export async function writeNow(inKernel: FileInKernel, file: WritableFile, chunk: Uint8Array): Promise<void> {
  let written = 0;
  try {
    written = writeSync(inKernel.descriptor, chunk, 0, chunk.length, inKernel.position);
    inKernel.advance(written);
  } catch {
    // write() meets the same error, and gives it its name.
  }
  if (written < chunk.length) await file.write(chunk.subarray(written));
}
