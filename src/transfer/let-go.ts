import type { Socket } from 'node:net';
import { isProtected } from './carrier.ts';

/** How long a client is waited for that has been told everything. */
const LINGER_MS = 1_000;

/**
 * Closes a connection over which there is nothing more to say. Over TLS the client's close_notify may be still to come: to
 * close before that would answer it with a reset, and a reset may overtake the last octets on their way to the client.
 */
export function letGo(socket: Socket): void {
  const isOver = () => socket.writableFinished && socket.readableEnded;
  if (!isProtected(socket) || !socket.writableEnded || isOver() || socket.destroyed) {
    socket.destroy();
    return;
  }
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(timer));
  for (const event of ['end', 'finish']) socket.once(event, () => isOver() && socket.destroy());
  socket.resume();
}

/**
 * Says that the client's end has been heard: under TLS, a connection that ends without a close_notify has been cut off. Nobody
 * waits for it to arrive, since the client may have left.
 */
export function answerEnd(socket: Socket): void {
  if (isProtected(socket)) socket.end();
}
