import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { parse } from 'node:path';
import { describeSystemError } from './system-errors.ts';

/** A directory that cannot be served. The message is one line that names it. */
export class RootError extends Error {
  override readonly name: string = 'RootError';
}

/** A directory that should not be served, but will be if that is forced. */
export class SystemRootError extends RootError {
  override readonly name = 'SystemRootError';
}

/** Directories of the system itself, in which a file can be a device or a switch of the kernel (S20). */
const SYSTEM_DIRECTORIES = ['/proc', '/sys', '/dev'];

/** Stands among the devices of Linux and holds ordinary files, in memory (shm_overview(7)). */
const SHARED_MEMORY = '/dev/shm';

/**
 * Checks that a directory can be served.
 * @param options.force serve `/` and the directories of the system as well.
 * @returns its real path, without symbolic links.
 * @throws RootError when it does not exist, is no directory or cannot be read; SystemRootError when it is refused.
 */
export async function checkRoot(root: string, { force = false }: { readonly force?: boolean } = {}): Promise<string> {
  const real = await attempt(root, async () => {
    if (!(await stat(root)).isDirectory()) throw new RootError(`root ${root} is not a directory`);
    await access(root, constants.R_OK | constants.X_OK);
    return realpath(root);
  });
  if (!force && isSystemDirectory(real)) {
    throw new SystemRootError(`root ${real} belongs to the system and is not served`);
  }
  return real;
}

function isSystemDirectory(path: string): boolean {
  if (path === parse(path).root) return true;
  return SYSTEM_DIRECTORIES.some((system) => isWithin(path, system)) && !isWithin(path, SHARED_MEMORY);
}

function isWithin(path: string, directory: string): boolean {
  return `${path}/`.startsWith(`${directory}/`);
}

async function attempt<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RootError) throw error;
    throw new RootError(`root ${root} ${describeSystemError(error)}`);
  }
}
