/** What can be done with a socket, connected or listening: getsockname(2), getpeername(2), shutdown(2), connect(2). */
import { errnoCall, systemCall } from './libc.ts';
import { decodeSocketAddress, type Endpoint, SOCKET_ADDRESS_OCTETS } from './socket-address.ts';

type AddressCall = (fd: number, address: Uint8Array, octets: Uint8Array) => number;

const getsockname: AddressCall = systemCall(
  'getsockname',
  'int getsockname(int socket, uint8_t *address, uint8_t *length)',
);
const getpeername: AddressCall = systemCall(
  'getpeername',
  'int getpeername(int socket, uint8_t *address, uint8_t *length)',
);
const shutdown2 = systemCall<[fd: number, how: number]>('shutdown', 'int shutdown(int socket, int how)');

const connect2 = systemCall<[fd: number, address: Uint8Array, octets: number]>(
  'connect',
  'int connect(int socket, const uint8_t *address, uint32_t length)',
);

const recv = errnoCall<[fd: number, buffer: Uint8Array, octets: number, flags: number]>(
  'long recv(int socket, uint8_t *buffer, size_t octets, int flags)',
);
const oneOctet = new Uint8Array(1);

/** <sys/socket.h> */
const MSG_PEEK = 2;
const MSG_DONTWAIT = process.platform === 'darwin' ? 0x80 : 0x40;

/** <sys/socket.h>: SHUT_RD, SHUT_WR, SHUT_RDWR. */
const HOW = { read: 0, write: 1, both: 2 } as const;

/**
 * The own end of a socket: getsockname(2).
 *
 * @throws PosixError EBADF, ENOTSOCK; TypeError for a socket that is not IPv4 or IPv6.
 */
export function localAddress(fd: number): Endpoint {
  return ask(getsockname, fd);
}

/**
 * The other end of a connection: getpeername(2).
 *
 * @throws PosixError ENOTCONN, for a connection that was reset as well, EBADF, ENOTSOCK; TypeError as for localAddress.
 */
export function peerAddress(fd: number): Endpoint {
  return ask(getpeername, fd);
}

/**
 * Ends one or both directions of a connection, for all who have a descriptor of it: shutdown(2). Closes no descriptor.
 *
 * @param how `write` sends FIN after what was written; `read` gives readers the end of the stream.
 * @throws PosixError ENOTCONN, EBADF, ENOTSOCK.
 */
export function shutdown(fd: number, how: keyof typeof HOW): void {
  shutdown2(fd, HOW[how]);
}

/**
 * Whether octets have come over a connection that nobody has read: recv(2), MSG_PEEK. Does not wait.
 *
 * @returns false at its end as well, and for a connection that is broken.
 */
export function hasUnread(fd: number): boolean {
  return recv(fd, oneOctet, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/**
 * Resets a connection at once, whoever else has descriptors of it: connect(2) to the address of no family, which Linux takes
 * for the wish to undo a connection. What waits to be sent is thrown away. Closes no descriptor.
 *
 * @throws PosixError where the system does not know of this (macOS), EBADF, ENOTSOCK.
 */
export function disconnect(fd: number): void {
  const unspecified = new Uint8Array(SOCKET_ADDRESS_OCTETS);
  connect2(fd, unspecified, unspecified.length);
}

function ask(call: AddressCall, fd: number): Endpoint {
  const address = Buffer.alloc(SOCKET_ADDRESS_OCTETS);
  call(fd, address, new Uint8Array(Uint32Array.of(address.byteLength).buffer));
  const endpoint = decodeSocketAddress(address);
  if (endpoint === undefined) throw new TypeError(`not a socket of IPv4 or IPv6: descriptor ${fd}`);
  return endpoint;
}
