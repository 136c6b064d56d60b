import type { Socket } from 'node:net';

/**
 * The descriptor of a connection, which stays this socket's. Whoever uses it must be done, or have a duplicate, before the
 * socket is closed: the number would soon stand for something else.
 * @throws Error for a socket that is closed, and where sockets have no descriptors (Windows).
 */
export function descriptorOf(socket: Socket): number {
  const { _handle: handle } = socket as Socket & { _handle?: { readonly fd?: number } | null };
  if (handle?.fd === undefined || handle.fd < 0) throw new Error('the socket has no descriptor');
  return handle.fd;
}
