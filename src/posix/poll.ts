/** poll(2): which of some descriptors are ready, asked without the event loop. */
import { constants } from 'node:os';
import { PosixError } from './errno.ts';
import { errnoCall } from './libc.ts';

/** struct pollfd: int fd, short events, short revents. */
const POLLFD_OCTETS = 8;
const EVENTS = 4;
const REVENTS = 6;

// <poll.h>, the same on Linux and macOS
const POLLIN = 0x0001;
const POLLOUT = 0x0004;
const POLLERR = 0x0008;
const POLLHUP = 0x0010;
const POLLNVAL = 0x0020;

/** nfds_t is an unsigned int on macOS; in a register of 64 bits that makes no difference. */
const poll2 = errnoCall<[descriptors: Uint8Array, count: number, timeoutMs: number]>(
  'int poll(uint8_t *descriptors, unsigned long count, int timeout)',
);

export interface PollRequest {
  readonly fd: number;
  /** Ask whether there is something to read, the end of the stream included, or a client to accept. */
  readonly readable?: boolean;
  /** Ask whether something can be written. */
  readonly writable?: boolean;
}

export interface PollResult {
  readonly readable: boolean;
  readonly writable: boolean;
  /** An error waits, see socketError (POLLERR). */
  readonly error: boolean;
  /** Both directions of the connection have ended (POLLHUP). */
  readonly hangUp: boolean;
  /** The descriptor is not open (POLLNVAL). */
  readonly closed: boolean;
}

/**
 * Asks the kernel, in this thread: nothing else runs until it answers.
 *
 * @param requests which descriptors, and what about them; error, hang-up and closed are told unasked.
 * @param timeoutMs how long to wait for the first to become ready; 0 asks and returns, -1 waits for ever.
 * @returns as many results as requests, in the same order.
 * @throws PosixError EINVAL when there are more requests than descriptors allowed, ENOMEM.
 */
export function poll(requests: readonly PollRequest[], timeoutMs: number): PollResult[] {
  const descriptors = Buffer.alloc(POLLFD_OCTETS * requests.length);
  for (const [index, { fd, readable, writable }] of requests.entries()) {
    descriptors.writeInt32LE(fd, index * POLLFD_OCTETS);
    const events = (readable ? POLLIN : 0) | (writable ? POLLOUT : 0);
    descriptors.writeInt16LE(events, index * POLLFD_OCTETS + EVENTS);
  }
  wait(descriptors, requests.length, timeoutMs);
  return requests.map((_, index) => decodeEvents(descriptors.readInt16LE(index * POLLFD_OCTETS + REVENTS)));
}

function wait(descriptors: Buffer, count: number, timeoutMs: number): void {
  const deadline = performance.now() + timeoutMs;
  for (let remainingMs = timeoutMs; ; ) {
    const result = poll2(descriptors, count, remainingMs);
    if (result >= 0) return;
    // A signal came; its handler runs when the loop is back, so only the rest of the time is waited for.
    if (result !== -constants.errno.EINTR) throw new PosixError(-result, 'poll');
    if (timeoutMs > 0) remainingMs = Math.max(0, Math.ceil(deadline - performance.now()));
  }
}

function decodeEvents(revents: number): PollResult {
  return {
    readable: (revents & POLLIN) !== 0,
    writable: (revents & POLLOUT) !== 0,
    error: (revents & POLLERR) !== 0,
    hangUp: (revents & POLLHUP) !== 0,
    closed: (revents & POLLNVAL) !== 0,
  };
}
