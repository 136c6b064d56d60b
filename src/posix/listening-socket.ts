/** A listening TCP socket that nobody accepts from until asked: socket(2), bind(2), listen(2), accept4(2). */
import { constants } from 'node:os';
import { closeDescriptor, setCloseOnExec, setNonBlocking } from './descriptor.ts';
import { PosixError } from './errno.ts';
import { errnoCall, systemCall } from './libc.ts';
import { O_CLOEXEC } from './open-flags.ts';
import {
  addressFamily,
  decodeSocketAddress,
  type Endpoint,
  encodeSocketAddress,
  SOCKET_ADDRESS_OCTETS,
} from './socket-address.ts';
import { SOCKET_CONSTANTS } from './socket-constants.ts';
import { keepUrgentDataInline, setSocketOption } from './socket-options.ts';

const { AF_INET6, SOCK_STREAM, O_NONBLOCK } = SOCKET_CONSTANTS;
/** Linux sets both flags in the call that makes the socket (SOCK_CLOEXEC, SOCK_NONBLOCK); macOS takes calls of their own. */
const FLAGS_WITH_CALL = process.platform === 'linux';
const SOCKET_FLAGS = FLAGS_WITH_CALL ? O_CLOEXEC | O_NONBLOCK : 0;

const KEEP_ALIVE_DELAY_S = 60;
/** As Node has it. The kernel cuts it down to its own limit (net.core.somaxconn). */
const DEFAULT_BACKLOG = 511;

const socket = systemCall<[family: number, type: number, protocol: number]>(
  'socket',
  'int socket(int family, int type, int protocol)',
);
const bind = systemCall<[fd: number, address: Uint8Array, octets: number]>(
  'bind',
  'int bind(int socket, const uint8_t *address, uint32_t length)',
);
const listen = systemCall<[fd: number, backlog: number]>('listen', 'int listen(int socket, int backlog)');
const accept4 = errnoCall<[fd: number, address: Uint8Array, octets: Uint8Array, flags: number]>(
  'int accept4(int socket, uint8_t *address, uint8_t *length, int flags)',
);
const accept = errnoCall<[fd: number, address: Uint8Array, octets: Uint8Array]>(
  'int accept(int socket, uint8_t *address, uint8_t *length)',
);

export interface ListeningSocketOptions {
  /** An IP address; names are not resolved. `::` takes IPv4 clients too. */
  readonly host: string;
  /** 0 to 65535; 0 for any free one. */
  readonly port: number;
  /** How many clients the kernel keeps waiting (default 511, and never more than net.core.somaxconn). */
  readonly backlog?: number;
}

/**
 * Binds and listens; the kernel then completes connections and keeps them until acceptConnection takes them.
 *
 * Accepted sockets inherit from it (on Linux) that small replies go out at once (TCP_NODELAY), that dead clients are noticed
 * (SO_KEEPALIVE, after a minute), and that urgent data stays in the stream (SO_OOBINLINE, W8).
 *
 * @returns the descriptor, non-blocking and closed on exec, which the caller closes.
 * @throws PosixError of `bind` or `listen`: EADDRINUSE, EACCES, EADDRNOTAVAIL; of `socket`: EMFILE, EAFNOSUPPORT; TypeError
 *   when the host is not an IP address; RangeError for the port.
 */
export function openListeningSocket({ host, port, backlog = DEFAULT_BACKLOG }: ListeningSocketOptions): number {
  const address = encodeSocketAddress({ address: host, port });
  const family = addressFamily(host);
  const fd = socket(family, SOCK_STREAM | SOCKET_FLAGS, 0);
  try {
    if (!FLAGS_WITH_CALL) setFlags(fd);
    setSocketOption(fd, 'SO_REUSEADDR', true);
    // As Node's net does, whatever net.ipv6.bindv6only says.
    if (family === AF_INET6) setSocketOption(fd, 'IPV6_V6ONLY', false);
    keepUrgentDataInline(fd);
    setSocketOption(fd, 'TCP_NODELAY', true);
    setSocketOption(fd, 'SO_KEEPALIVE', true);
    setSocketOption(fd, 'TCP_KEEPIDLE', KEEP_ALIVE_DELAY_S);
    bind(fd, address, address.byteLength);
    listen(fd, backlog);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** A client that was taken from the queue of a listening socket. */
export interface AcceptedConnection {
  /** Non-blocking, closed on exec. The caller closes it, or gives it to a `net.Socket`, which does. */
  readonly fd: number;
  readonly remote: Endpoint;
}

/**
 * What accept(2) tells of a client that has gone, or of the network it came from, and not of the listening socket: "should be
 * treated like EAGAIN by retrying".
 */
const CLIENT_ERRORS: ReadonlySet<number> = new Set(
  (['EINTR', 'ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENOPROTOOPT'] as const).map(
    (name) => constants.errno[name],
  ),
);

// accept4 writes here, and everything of it is read before the next call: no two calls overlap in a thread.
const remoteAddress = Buffer.alloc(SOCKET_ADDRESS_OCTETS);
const remoteLength = new Uint32Array(1);
const remoteLengthOctets = new Uint8Array(remoteLength.buffer);

/**
 * Takes one client from the queue of a listening socket, if there is one, and leaves the others: accept4(2), accept(2) on
 * macOS. Does not wait.
 *
 * @param listeningFd non-blocking, as openListeningSocket makes it: on a blocking one the whole thread would wait.
 * @returns undefined when nobody waits, or when another process or thread was faster.
 * @throws PosixError EMFILE, ENFILE, ENOBUFS, ENOMEM: the client stays in the queue, so whenReadable reports it again at
 *   once, and the caller does well to pause; EINVAL for a socket that does not listen (any more); EBADF.
 */
export function acceptConnection(listeningFd: number): AcceptedConnection | undefined {
  for (;;) {
    remoteLength[0] = SOCKET_ADDRESS_OCTETS;
    const result = FLAGS_WITH_CALL
      ? accept4(listeningFd, remoteAddress, remoteLengthOctets, SOCKET_FLAGS)
      : accept(listeningFd, remoteAddress, remoteLengthOctets);
    if (result < 0) {
      if (result === -constants.errno.EAGAIN) return undefined;
      if (CLIENT_ERRORS.has(-result)) continue;
      throw new PosixError(-result, 'accept');
    }
    // macOS gives a client that has already reset without an address.
    const remote = remoteLength[0] === 0 ? undefined : decodeSocketAddress(remoteAddress);
    if (remote === undefined) {
      closeDescriptor(result);
      continue;
    }
    if (!FLAGS_WITH_CALL) setFlags(result);
    return { fd: result, remote };
  }
}

function setFlags(fd: number): void {
  setCloseOnExec(fd, true);
  setNonBlocking(fd, true);
}
