/** Where the files of a benchmark are while it runs. */
import { rmSync } from 'node:fs';
import { access, chmod, constants, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Servers that are being killed may still write. */
const REMOVE = { recursive: true, force: true, maxRetries: 5 } as const;

/**
 * Removes a folder with all that is in it, one entry after the other: rm() takes all of a folder at a time, which for 10,000 in
 * each of 14 is 100 MB of promises.
 */
export function removeFolder(folder: string): void {
  rmSync(folder, REMOVE);
}

/** In memory, where there is some. */
export async function memoryFolder(): Promise<string> {
  return access('/dev/shm', constants.W_OK).then(
    () => '/dev/shm',
    () => tmpdir(),
  );
}

/** Makes a folder that goes with this process, if nobody removes it before. @param parent the folder in which it is made. */
export async function makeBenchFolder(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'ohai-bench-'));
  process.once('exit', () => removeFolder(folder));
  // Servers that leave the rights of root have to get in.
  await chmod(folder, 0o755);
  return folder;
}
