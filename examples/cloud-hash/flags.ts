import { parseArgs } from 'node:util';
import { FRAMING_NAMES, type FramingName } from './framings.ts';

/** How the texts behind options become values, for both command lines. */

/** What is wrong with a command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @returns what parseArgs of node:util does. @throws UsageError for what it does not understand. */
export const parseFlags = ((config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}) as typeof parseArgs;

/** @throws UsageError unless `text` is a whole number from `least` to `most`. */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new UsageError(`--${flag} is a whole number from ${least} to ${most}`);
  return number;
}

/** @throws UsageError */
export function framingName(text: string): FramingName {
  const name = FRAMING_NAMES.find((each) => each === text);
  if (!name) throw new UsageError(`--framing is one of ${FRAMING_NAMES.join(', ')}`);
  return name;
}

/** Runs a command, and makes an exit code of what becomes of it: 0, 1 for what failed, 2 for a wrong command line. */
export async function runCommand(command: (argv: string[]) => Promise<void>): Promise<void> {
  try {
    await command(process.argv.slice(2));
  } catch (error) {
    const { message } = error as Error;
    process.stderr.write(`cloud-hash: ${message}\n`);
    if (error instanceof UsageError) process.stderr.write('--help tells what there is\n');
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
