import type { Socket } from 'node:net';
import { carrierOf } from './carrier.ts';

/**
 * Closes the connection with a reset, at once and without the data that still waits to be sent: the peer must not take
 * what it has for the whole. (`resetAndDestroy()` first sends everything and a clean end, which is the opposite.)
 * @param error what pending reads and writes fail with.
 */
export function reset(socket: Socket, error?: Error): void {
  const carrier = carrierOf(socket);
  // Behind our own end there is nothing left to cut off; and a reset asked for while shutdown(2) is under way fails with
  // EINVAL in libuv, upon which Node forgets the handle without closing its descriptor.
  (carrier as Socket & { resetAndClosing?: boolean }).resetAndClosing = !socket.writableEnded;
  socket.destroy(error);
  carrier.destroy();
}

/**
 * Whether it was a reset that ended a stream. libuv reports one that comes right behind the last octets as an ordinary
 * end, and half of an upload would pass for the whole. A connection that ended in order still has a peer, one that was
 * reset has none (getpeername(2), ENOTCONN).
 */
export function wasReset(socket: Socket): boolean {
  const { _handle: handle } = carrierOf(socket) as Socket & { _handle?: { getpeername?(out: object): number } | null };
  return handle?.getpeername !== undefined && handle.getpeername({}) !== 0;
}
