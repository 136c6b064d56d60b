import type { Socket } from 'node:net';
import { isProtected } from './carrier.ts';

/** How long a client is waited for that has been told everything. */
const LINGER_MS = 1_000;

/**
 * Closes a connection over which there is nothing more to say. Over TLS the client's close_notify may be still to come: to
 * close before that would answer it with a reset, and a reset may overtake the last octets on their way to the client.
 */
export function letGo(socket: Socket): void {
  if (!isProtected(socket) || !socket.writableFinished || socket.readableEnded || socket.destroyed) {
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.once('end', () => socket.destroy());
  socket.resume();
}
