import { printable } from '../services/printable.ts';

/** The command line is wrong: exit code 2, and where to read what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line asks for cannot be done: exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** These are nobody's fault but ours, and their stack says whose exactly. */
const PROGRAMMING_ERRORS = [TypeError, RangeError, ReferenceError, SyntaxError];

/** What to tell about an error that ends a command: one line, unless it is a defect of the program. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  if (PROGRAMMING_ERRORS.some((kind) => error instanceof kind)) return `internal error: ${error.stack}`;
  return printable(error.message);
}
