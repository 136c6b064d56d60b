/** What the headers of the C library call by the same name on each platform, and number differently. */

interface SocketConstants {
  // <sys/socket.h>, socket(2)
  readonly AF_INET: number;
  readonly AF_INET6: number;
  readonly SOCK_STREAM: number;
  // <fcntl.h>, fcntl(2)
  readonly F_DUPFD_CLOEXEC: number;
  readonly O_NONBLOCK: number;
  // <sys/socket.h>, socket(7)
  readonly SOL_SOCKET: number;
  readonly SO_REUSEADDR: number;
  readonly SO_REUSEPORT: number;
  readonly SO_KEEPALIVE: number;
  readonly SO_OOBINLINE: number;
  readonly SO_LINGER: number;
  readonly SO_SNDBUF: number;
  readonly SO_RCVBUF: number;
  readonly SO_ERROR: number;
  readonly SO_ACCEPTCONN: number;
  // <netinet/tcp.h>, tcp(7)
  readonly IPPROTO_TCP: number;
  readonly TCP_NODELAY: number;
  readonly TCP_CORK: number;
  readonly TCP_KEEPIDLE: number;
  // <netinet/in.h>, ipv6(7)
  readonly IPPROTO_IPV6: number;
  readonly IPV6_V6ONLY: number;
}

/** Linux, in the generic numbering: x64, arm64 and most others, not MIPS, PA-RISC or SPARC. */
const LINUX: SocketConstants = {
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  F_DUPFD_CLOEXEC: 1030,
  O_NONBLOCK: 0o4000,
  SOL_SOCKET: 1,
  SO_REUSEADDR: 2,
  SO_REUSEPORT: 15,
  SO_KEEPALIVE: 9,
  SO_OOBINLINE: 10,
  SO_LINGER: 13,
  SO_SNDBUF: 7,
  SO_RCVBUF: 8,
  SO_ERROR: 4,
  SO_ACCEPTCONN: 30,
  IPPROTO_TCP: 6,
  TCP_NODELAY: 1,
  TCP_CORK: 3,
  TCP_KEEPIDLE: 4,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 26,
};

/** macOS, x64 and arm64. */
const MACOS: SocketConstants = {
  AF_INET: 2,
  AF_INET6: 30,
  SOCK_STREAM: 1,
  F_DUPFD_CLOEXEC: 67,
  O_NONBLOCK: 0x0004,
  SOL_SOCKET: 0xffff,
  SO_REUSEADDR: 0x0004,
  SO_REUSEPORT: 0x0200,
  SO_KEEPALIVE: 0x0008,
  SO_OOBINLINE: 0x0100,
  // SO_LINGER_SEC: plain SO_LINGER (0x0080) counts in ticks of the clock there.
  SO_LINGER: 0x1080,
  SO_SNDBUF: 0x1001,
  SO_RCVBUF: 0x1002,
  SO_ERROR: 0x1007,
  SO_ACCEPTCONN: 0x0002,
  IPPROTO_TCP: 6,
  TCP_NODELAY: 0x01,
  // TCP_NOPUSH
  TCP_CORK: 0x04,
  // TCP_KEEPALIVE
  TCP_KEEPIDLE: 0x10,
  IPPROTO_IPV6: 41,
  IPV6_V6ONLY: 27,
};

export const SOCKET_CONSTANTS: SocketConstants = process.platform === 'linux' ? LINUX : MACOS;
