/**
 * TCP by system calls (Linux): a login with `net` took 110 µs of the processor, and so takes 64 µs. A client that takes as much
 * of the machine as the server measures itself.
 */
import { constants } from 'node:os';
import { PosixError } from '../../../src/posix/errno.ts';
import { addressOf, errnoCall, systemCall } from '../../../src/posix/libc.ts';
import { encodeSocketAddress } from '../../../src/posix/socket-address.ts';
import { errorOfSystem } from '../operation-error.ts';

const { EAGAIN, EINPROGRESS, EINTR } = constants.errno;

// <sys/socket.h>, <netinet/in.h>, <netinet/tcp.h>
const AF_INET = 2;
const AF_INET6 = 10;
/** In struct sockaddr_in and sockaddr_in6. */
const PORT_AT = 2;
const SOCK_STREAM_NONBLOCK_CLOEXEC = 0o2004001;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
const SO_KEEPALIVE = 9;
const SO_RCVLOWAT = 18;
const IPPROTO_IP = 0;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IPPROTO_TCP = 6;
const TCP_KEEPIDLE = 4;
const MSG_TRUNC = 0x20;
const MSG_NOSIGNAL = 0x4000;

const socket = errnoCall<[family: number, type: number, protocol: number]>(
  'int socket(int family, int type, int protocol)',
);
const bind = errnoCall<[fd: number, address: number, octets: number]>(
  'int bind(int socket, uintptr_t address, uint32_t octets)',
);
const connect = errnoCall<[fd: number, address: number, octets: number]>(
  'int connect(int socket, uintptr_t address, uint32_t octets)',
);
const setsockopt = errnoCall<[fd: number, level: number, option: number, value: number, octets: number]>(
  'int setsockopt(int socket, int level, int option, uintptr_t value, uint32_t octets)',
);
const recv = errnoCall<[fd: number, buffer: number, octets: number, flags: number]>(
  'long recv(int socket, uintptr_t buffer, size_t octets, int flags)',
);
const send = errnoCall<[fd: number, buffer: number, octets: number, flags: number]>(
  'long send(int socket, uintptr_t buffer, size_t octets, int flags)',
);
const close = errnoCall<[fd: number]>('int close(int fd)');

/** Octets where system calls find them. One thread uses it, and never for two things at once. */
export class Memory {
  readonly octets: Buffer;
  readonly address: number;

  constructor(octets: Buffer) {
    this.octets = octets;
    this.address = addressOf(octets);
  }

  static of(octets: number): Memory {
    return new Memory(Buffer.alloc(octets));
  }
}

/** An address as connect(2) and bind(2) want it. */
export class SocketAddress {
  readonly memory: Memory;
  readonly family: number;

  constructor(address: string, port: number) {
    this.memory = new Memory(encodeSocketAddress({ address, port }));
    this.family = address.includes(':') ? AF_INET6 : AF_INET;
  }

  /** The same address with another port: this very object, which is as good as new once connect(2) has read it. */
  at(port: number): this {
    this.memory.octets.writeUInt16BE(port, PORT_AT);
    return this;
  }
}

let value: Memory | undefined;

function setOption(fd: number, level: number, option: number, setting: number): void {
  value ??= Memory.of(4);
  value.octets.writeInt32LE(setting);
  const result = setsockopt(fd, level, option, value.address, 4);
  if (result < 0) throw new PosixError(-result, 'setsockopt');
}

export interface ConnectionSettings {
  /** Where it comes from; its port is the kernel's choice. */
  readonly from?: SocketAddress | undefined;
  /** Of the kernel's own buffer, so that what is not read is soon not sent; grows as needed unless told. */
  readonly receiveBuffer?: number | undefined;
  /** Whether the kernel asks after a second of silence if the other side still knows of this connection. */
  readonly probes?: boolean;
  /** Wait for so many octets, or the end, before it is said that there is something. */
  readonly lowWater?: number | undefined;
}

/**
 * Begins to connect. Whether it succeeds is told by the first recv or send.
 * @returns the descriptor, which `closeConnection` closes. @throws OperationError when the system refuses: descriptors, ports.
 */
export function openConnection(to: SocketAddress, settings: ConnectionSettings = {}): number {
  const { from, receiveBuffer, probes, lowWater } = settings;
  const fd = demand(socket(to.family, SOCK_STREAM_NONBLOCK_CLOEXEC, 0));
  try {
    if (from) {
      // The port is chosen when it is known where to: many connections share one as long as they lead to different places.
      setOption(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
      demand(bind(fd, from.memory.address, from.memory.octets.length));
    }
    if (receiveBuffer !== undefined) setOption(fd, SOL_SOCKET, SO_RCVBUF, receiveBuffer);
    if (lowWater !== undefined) setOption(fd, SOL_SOCKET, SO_RCVLOWAT, lowWater);
    if (probes) {
      setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
      setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, 1);
    }
    const result = connect(fd, to.memory.address, to.memory.octets.length);
    if (result !== -EINPROGRESS) demand(result);
    return fd;
  } catch (error) {
    closeConnection(fd);
    throw error;
  }
}

function demand(result: number): number {
  if (result < 0) throw errorOfSystem(-result);
  return result;
}

/** recv(2). @returns octets, 0 at the end, undefined when there are none now. @throws OperationError. */
export function receive(fd: number, into: Memory, octets = into.octets.length): number | undefined {
  return transferred(recv(fd, into.address, octets, 0));
}

/** The same, but nobody sees the octets: they are taken out of the socket and counted, without being copied (tcp(7)). */
export function discard(fd: number, octets: number): number | undefined {
  return transferred(recv(fd, 0, octets, MSG_TRUNC));
}

/** send(2). @returns how many of them, undefined when none can be taken now. @throws OperationError. */
export function transmit(fd: number, from: Memory, start: number, octets: number): number | undefined {
  return transferred(send(fd, from.address + start, octets, MSG_NOSIGNAL));
}

function transferred(result: number): number | undefined {
  if (result >= 0) return result;
  if (result === -EAGAIN || result === -EINTR) return undefined;
  throw errorOfSystem(-result);
}

export function closeConnection(fd: number): void {
  close(fd);
}

// <sys/epoll.h>, <sys/timerfd.h>
const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL = { add: 1, remove: 2, change: 3 } as const;
export const EPOLLIN = 1;
export const EPOLLOUT = 4;
const EPOLLET = 0x8000_0000;
const CLOCK_MONOTONIC = 1;
const TFD_NONBLOCK_CLOEXEC = 0o2004000;
/** struct epoll_event is packed on x86 alone: 32 bits of events, 64 of data. */
const [DATA_AT, EVENT_OCTETS] = ['x64', 'ia32'].includes(process.arch) ? [4, 12] : [8, 16];
const EVENTS_AT_ONCE = 32;

const epollCreate = systemCall<[flags: number]>('epoll_create1', 'int epoll_create1(int flags)');
const epollControl = systemCall<[poller: number, operation: number, fd: number, event: number]>(
  'epoll_ctl',
  'int epoll_ctl(int poller, int operation, int fd, uintptr_t event)',
);
const epollWait = errnoCall<[poller: number, events: number, count: number, timeoutMs: number]>(
  'int epoll_wait(int poller, uintptr_t events, int count, int timeout)',
);
const timerfdCreate = systemCall<[clock: number, flags: number]>(
  'timerfd_create',
  'int timerfd_create(int clock, int flags)',
);
const timerfdSettime = systemCall<[fd: number, flags: number, value: number, old: number]>(
  'timerfd_settime',
  'int timerfd_settime(int fd, int flags, uintptr_t value, uintptr_t old)',
);

/** epoll(7). */
export class Epoll {
  readonly #fd = epollCreate(EPOLL_CLOEXEC);
  readonly #event = Memory.of(EVENT_OCTETS);
  readonly #events = Memory.of(EVENT_OCTETS * EVENTS_AT_ONCE);
  /** timerfd_create(2): epoll_wait(2) itself counts in whole milliseconds. */
  readonly #timer = timerfdCreate(CLOCK_MONOTONIC, TFD_NONBLOCK_CLOEXEC);
  readonly #timerValue = Memory.of(32);

  constructor() {
    // Told once for each time that it is set, without being read.
    this.#control(EPOLL_CTL.add, this.#timer, EPOLLIN | EPOLLET);
  }

  add(fd: number, events: number): void {
    this.#control(EPOLL_CTL.add, fd, events);
  }

  change(fd: number, events: number): void {
    this.#control(EPOLL_CTL.change, fd, events);
  }

  remove(fd: number): void {
    this.#control(EPOLL_CTL.remove, fd, 0);
  }

  /** The next wait is no longer than this. */
  wakeIn(milliseconds: number): void {
    const nanoseconds = BigInt(Math.max(1, Math.ceil(milliseconds * 1e6)));
    const { octets, address } = this.#timerValue;
    octets.writeBigInt64LE(nanoseconds / 1_000_000_000n, 16);
    octets.writeBigInt64LE(nanoseconds % 1_000_000_000n, 24);
    timerfdSettime(this.#timer, 0, address, 0);
  }

  /** @returns how many descriptors are ready; `ready` names them. */
  wait(timeoutMs: number): number {
    return Math.max(0, epollWait(this.#fd, this.#events.address, EVENTS_AT_ONCE, timeoutMs));
  }

  /** @param index below what `wait` returned. @returns a descriptor; that of the timer is none that anybody knows. */
  ready(index: number): number {
    return this.#events.octets.readInt32LE(index * EVENT_OCTETS + DATA_AT);
  }

  close(): void {
    close(this.#timer);
    close(this.#fd);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#event.octets.writeUInt32LE(events >>> 0, 0);
    this.#event.octets.writeInt32LE(fd, DATA_AT);
    epollControl(this.#fd, operation, fd, this.#event.address);
  }
}
