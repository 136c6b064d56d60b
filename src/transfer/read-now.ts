import { readSync } from 'node:fs';
import { isInMemory } from '../posix/cached-read.ts';
import type { FileInKernel, ReadableFile } from '../storage/file-system.ts';

/**
 * Reads where the file stands, on the spot. For octets that are in memory: a hand-over to a thread that reads them would take
 * ten times as long. Whoever reads on and on has to wait for something else in between, for the event loop to go round.
 * @returns octets. @throws the error of read(2).
 */
export function readNow(file: FileInKernel, buffer: Uint8Array): number {
  const octets = readSync(file.descriptor, buffer, 0, buffer.length, file.position);
  file.advance(octets);
  return octets;
}

/** The same if it needs no disk; undefined when it does, or when something is in the way, which the file's read() meets then. */
export function readIfAtHand({ inKernel }: ReadableFile, buffer: Uint8Array): number | undefined {
  if (!inKernel) return undefined;
  const { descriptor, medium, position } = inKernel;
  try {
    if (medium !== 'memory' && !isInMemory(descriptor, position, buffer.length)) return undefined;
    return readNow(inKernel, buffer);
  } catch {
    return undefined;
  }
}
