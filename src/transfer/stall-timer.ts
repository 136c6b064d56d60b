import type { Socket } from 'node:net';

/**
 * Has the timeout of a transfer's socket begin anew: octets have moved that the socket itself has not seen, or it is not the
 * client who is waited for.
 */
export function restartStallTimer(socket: Pick<Socket, 'timeout' | 'setTimeout'>): void {
  socket.setTimeout(socket.timeout ?? 0);
}
