/** Load clients that are written in C: in JavaScript they would take as much of the machine as the server. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Compiles a program of this folder.
 * @param name of its source, without `.c`. @param directory for the program. @param optimise as the compiler takes it.
 * @returns the path of the program. @throws Error when there is no C compiler.
 */
export async function compileProgram(name: string, directory: string, optimise: '-O2' | '-O3'): Promise<string> {
  const program = join(directory, name);
  // tsc leaves the source where it is.
  const source = fileURLToPath(new URL(`../../bench/${name}.c`, import.meta.url));
  try {
    await run(process.env.CC ?? 'cc', [optimise, '-o', program, source]);
    return program;
  } catch (error) {
    throw new Error(`needs a C compiler (cc, or what $CC says): ${(error as Error).message}`);
  }
}
