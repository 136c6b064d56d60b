import type { ListenOptions } from '../runtime/runner.ts';
import { Failure } from './failure.ts';

const EXPLANATIONS: Readonly<Record<string, (listen: ListenOptions, error: Error) => string>> = {
  EADDRINUSE: ({ host, port }) => `port ${port} on ${host} is in use; choose another with --port`,
  EACCES: ({ port }) =>
    port < 1024
      ? `port ${port} needs a privilege; choose one above 1023 with --port, or start as root and add --run-as USER`
      : `port ${port} may not be used by this user; choose another with --port`,
  EADDRNOTAVAIL: ({ host }) => `${host} is not an address of this machine; choose one with --host`,
  ENOTFOUND: ({ host }) => `the name ${host} is unknown; give an address of this machine with --host`,
  EAI_AGAIN: ({ host }) => `the name ${host} cannot be looked up now; give an address of this machine with --host`,
  EAFNOSUPPORT: ({ host }) =>
    `this machine does not speak the protocol of the address ${host}; choose another with --host`,
  POSIX_UNAVAILABLE: (_, { message }) =>
    `${message}; of the architectures, serial and reactor do without: choose one with --architecture`,
};

/** What one of several addresses is chosen with, by its index. */
const OPTIONS = ['--port', '--implicit-port'];

/** @param places all that were to be listened on. @returns a Failure that says what to do when the error is one of listening; otherwise the error itself. */
export function explainListenError(error: unknown, places: readonly ListenOptions[]): unknown {
  const { entrance = 0 } = error as { readonly entrance?: number };
  const explain = EXPLANATIONS[(error as NodeJS.ErrnoException | undefined)?.code ?? ''];
  return explain
    ? new Failure(explain(places[entrance]!, error as Error).replace('--port', OPTIONS[entrance]!), { cause: error })
    : error;
}
