import type { Socket } from 'node:net';
import { DataConnectionError } from './data-connection-error.ts';
import { wasReset } from './reset.ts';

/**
 * Everything that the client sends until it closes its side. Nothing is read ahead of who takes the chunks, so that a
 * slow storage slows the client down instead of filling the memory.
 * @throws DataConnectionError when the connection breaks before its end.
 */
export async function* receive(socket: Socket): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
  } catch (cause) {
    throw DataConnectionError.from(cause);
  }
  if (wasReset(socket)) throw new DataConnectionError('broken');
}
