import { constants } from 'node:os';

const { ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT, EMFILE, ENFILE } = constants.errno;

/** By number and by name: drivers have the one, Node's errors the other. */
const WORDS: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ['ECONNREFUSED', ECONNREFUSED, 'connection refused'],
    ['ECONNRESET', ECONNRESET, 'connection lost'],
    ['EPIPE', EPIPE, 'connection lost'],
    ['ETIMEDOUT', ETIMEDOUT, 'no answer in time'],
    ['EMFILE', EMFILE, 'too few descriptors for the clients (ulimit -n)'],
    ['ENFILE', ENFILE, 'too few descriptors for the clients (fs.file-max)'],
  ].flatMap(([name, number, words]) => [
    [name, words],
    [number, words],
  ]),
);

/**
 * An operation of a client that failed. The message is one of few, so that errors can be counted by it: no paths, no ports,
 * no words of the server.
 */
export class OperationError extends Error {
  override readonly name = 'OperationError';
}

/** @param errno positive. */
export function errorOfSystem(errno: number): OperationError {
  return new OperationError(WORDS[errno] ?? `error ${errno} of the system`);
}

/** By what an error is counted. */
export function kindOf(error: unknown): string {
  if (error instanceof OperationError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message ?? String(error);
}
