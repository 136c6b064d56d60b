import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FoundProgram } from './unpack.ts';

const run = promisify(execFile);

/** The first number with dots that a program prints when it is asked; undefined when it tells none. */
export async function toldVersion(
  { program, env }: FoundProgram,
  args: readonly string[],
): Promise<string | undefined> {
  // vsftpd writes to descriptor 0, wherever that leads.
  const words = ['-c', 'exec "$0" "$@" 0>&1 2>&1', program, ...args];
  const { stdout } = await run('sh', words, { env: { ...process.env, ...env } }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0];
}
