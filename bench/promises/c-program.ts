/** Load clients that are written in C: in JavaScript they would take as much of the machine as the server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Parts {
  /** Further sources of this folder, without `.c`. */
  readonly sources?: readonly string[];
  /** Libraries that it is linked with, as they are called after `-l`; their headers have to be there. */
  readonly libraries?: readonly string[];
}

/**
 * Compiles a program of this folder.
 * @param name of its source, without `.c`. @param directory for the program. @param optimise as the compiler takes it.
 * @returns the path of the program. @throws Error when there is no C compiler, or not what it needs.
 */
export async function compileProgram(
  name: string,
  directory: string,
  optimise: '-O2' | '-O3',
  { sources = [], libraries = [] }: Parts = {},
): Promise<string> {
  const program = join(directory, name);
  // tsc leaves the sources where they are.
  const files = [name, ...sources].map((each) =>
    fileURLToPath(new URL(`../../../bench/promises/${each}.c`, import.meta.url)),
  );
  try {
    await run(process.env.CC ?? 'cc', [optimise, '-o', program, ...files, ...libraries.map((each) => `-l${each}`)]);
    return program;
  } catch (error) {
    const headers = libraries.length > 0 ? ` with the headers of ${libraries.join(' and ')}` : '';
    throw new Error(`needs a C compiler (cc, or what $CC says)${headers}: ${(error as Error).message}`);
  }
}
