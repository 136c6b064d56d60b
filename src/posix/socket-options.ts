/** setsockopt(2), for what Node's net has no method for. */
import { systemCall } from './libc.ts';

interface SocketConstants {
  readonly SOL_SOCKET: number;
  readonly SO_OOBINLINE: number;
}

/** <sys/socket.h> of Linux (the generic one: x64, arm64 and most others). */
const LINUX: SocketConstants = { SOL_SOCKET: 1, SO_OOBINLINE: 10 };
/** <sys/socket.h> of macOS, and of the BSDs that it comes from. */
const BSD: SocketConstants = { SOL_SOCKET: 0xffff, SO_OOBINLINE: 0x0100 };

const { SOL_SOCKET, SO_OOBINLINE } = process.platform === 'linux' ? LINUX : BSD;

const setsockopt = systemCall<[fd: number, level: number, option: number, value: Uint8Array, octets: number]>(
  'setsockopt',
  'int setsockopt(int socket, int level, int option, const uint8_t *value, uint32_t length)',
);

/**
 * Leaves urgent data in the stream, where it was sent (SO_OOBINLINE, socket(7) and tcp(7)). Without it the kernel takes the
 * urgent octet out: of the Telnet Synch that goes before an ABOR (RFC 959 section 4.1.3) a part is then missing, in some
 * clients the end of the line (W8).
 *
 * @param fd a connected or a listening TCP socket. On Linux the sockets that a listening one accepts inherit the option.
 * @throws PosixError as setsockopt(2) fails; PosixUnavailableError where the C library cannot be called.
 */
export function keepUrgentDataInline(fd: number): void {
  enable(fd, SO_OOBINLINE);
}

function enable(fd: number, option: number): void {
  const on = new Uint8Array(Int32Array.of(1).buffer);
  setsockopt(fd, SOL_SOCKET, option, on, on.byteLength);
}
