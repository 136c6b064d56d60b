import { openListeningSocket } from '../posix/listening-socket.ts';
import type { ListenOptions } from './runner.ts';

/**
 * Binds and listens (bind(2), listen(2)). Accepts nobody.
 * @returns the descriptor, which the caller closes.
 * @throws the error of the lookup, of bind or of listen, with its `code` (ENOTFOUND, EADDRINUSE, EACCES …);
 *   PosixUnavailableError.
 */
export async function bindAndListen({ host, port, backlog }: ListenOptions): Promise<number> {
  // Units listen on a socket that they are given, and are spared loading what only their parent needs.
  const { lookup } = await import('node:dns/promises');
  const { address } = await lookup(host);
  return openListeningSocket({ host: address, port, ...(backlog !== undefined && { backlog }) });
}
