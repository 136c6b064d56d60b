/** setsockopt(2) and getsockopt(2), for what Node's net has no method for. */
import { PosixError } from './errno.ts';
import { systemCall } from './libc.ts';
import { SOCKET_CONSTANTS } from './socket-constants.ts';

const { SOL_SOCKET, IPPROTO_TCP, IPPROTO_IPV6 } = SOCKET_CONSTANTS;

/** Options whose value is one int, by the level that they live at: socket(7), tcp(7), ipv6(7). */
const LEVELS = {
  SO_REUSEADDR: SOL_SOCKET,
  SO_REUSEPORT: SOL_SOCKET,
  SO_KEEPALIVE: SOL_SOCKET,
  SO_OOBINLINE: SOL_SOCKET,
  SO_SNDBUF: SOL_SOCKET,
  SO_RCVBUF: SOL_SOCKET,
  SO_ERROR: SOL_SOCKET,
  SO_ACCEPTCONN: SOL_SOCKET,
  TCP_NODELAY: IPPROTO_TCP,
  TCP_CORK: IPPROTO_TCP,
  TCP_KEEPIDLE: IPPROTO_TCP,
  IPV6_V6ONLY: IPPROTO_IPV6,
} as const;

/** TCP_CORK is TCP_NOPUSH on macOS, and TCP_KEEPIDLE (seconds) is TCP_KEEPALIVE. */
export type SocketOption = keyof typeof LEVELS;
/** Those that the kernel alone sets: the error that waits, and whether the socket listens. */
export type ReadOnlySocketOption = 'SO_ERROR' | 'SO_ACCEPTCONN';

const setsockopt = systemCall<[fd: number, level: number, option: number, value: Uint8Array, octets: number]>(
  'setsockopt',
  'int setsockopt(int socket, int level, int option, const uint8_t *value, uint32_t length)',
);
const getsockopt = systemCall<[fd: number, level: number, option: number, value: Uint8Array, octets: Uint8Array]>(
  'getsockopt',
  'int getsockopt(int socket, int level, int option, uint8_t *value, uint8_t *length)',
);

/**
 * @param value as the option has it: a switch, octets (SO_SNDBUF, SO_RCVBUF; Linux doubles them), seconds (TCP_KEEPIDLE).
 * @throws PosixError as setsockopt(2) fails; PosixUnavailableError where the C library cannot be called.
 */
export function setSocketOption(
  fd: number,
  option: Exclude<SocketOption, ReadOnlySocketOption>,
  value: boolean | number,
): void {
  setIntegers(fd, LEVELS[option], SOCKET_CONSTANTS[option], Number(value));
}

/**
 * @returns the value; of a switch 0 when it is off, and anything else when it is on.
 * @throws PosixError as getsockopt(2) fails; PosixUnavailableError where the C library cannot be called.
 */
export function getSocketOption(fd: number, option: SocketOption): number {
  return getIntegers(fd, LEVELS[option], SOCKET_CONSTANTS[option], 1)[0]!;
}

/**
 * What close(2) does with octets that are not acknowledged yet (SO_LINGER, socket(7)).
 *
 * @param seconds how long close(2) waits for them; 0 throws them away and resets the connection; undefined, the default of
 *   every socket, sends them in the background.
 * @throws PosixError as setsockopt(2) fails.
 */
export function setLinger(fd: number, seconds: number | undefined): void {
  setIntegers(fd, SOL_SOCKET, SOCKET_CONSTANTS.SO_LINGER, seconds === undefined ? 0 : 1, seconds ?? 0);
}

/** What setLinger set. @throws PosixError as getsockopt(2) fails. */
export function getLinger(fd: number): number | undefined {
  const [on, seconds] = getIntegers(fd, SOL_SOCKET, SOCKET_CONSTANTS.SO_LINGER, 2);
  return on ? seconds : undefined;
}

/**
 * The error that waits on a socket, such as that of a connect(2) in the background; reading it clears it (SO_ERROR).
 *
 * @returns undefined when there is none. Its `syscall` is `SO_ERROR`.
 * @throws PosixError as getsockopt(2) itself fails.
 */
export function socketError(fd: number): PosixError | undefined {
  const errno = getSocketOption(fd, 'SO_ERROR');
  return errno === 0 ? undefined : new PosixError(errno, 'SO_ERROR');
}

/**
 * Leaves urgent data in the stream, where it was sent (SO_OOBINLINE, socket(7) and tcp(7)). Without it the kernel takes the
 * urgent octet out: of the Telnet Synch that goes before an ABOR (RFC 959 section 4.1.3) a part is then missing, in some
 * clients the end of the line (W8).
 *
 * @param fd a connected or a listening TCP socket. On Linux the sockets that a listening one accepts inherit the option.
 * @throws PosixError as setsockopt(2) fails; PosixUnavailableError where the C library cannot be called.
 */
export function keepUrgentDataInline(fd: number): void {
  setSocketOption(fd, 'SO_OOBINLINE', true);
}

function setIntegers(fd: number, level: number, option: number, ...values: number[]): void {
  const octets = new Uint8Array(Int32Array.from(values).buffer);
  setsockopt(fd, level, option, octets, octets.byteLength);
}

function getIntegers(fd: number, level: number, option: number, count: number): Int32Array {
  const values = new Int32Array(count);
  const length = new Uint8Array(Uint32Array.of(values.byteLength).buffer);
  getsockopt(fd, level, option, new Uint8Array(values.buffer), length);
  return values;
}
