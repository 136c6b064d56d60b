import type { BigIntStats } from 'node:fs';

/** Tells any state of a file from any other one, a file that takes its place included. */
export function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}
