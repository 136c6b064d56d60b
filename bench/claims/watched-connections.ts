/** A server that echoes, and tells what it costs to wait for one descriptor beside those of all its clients. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { systemCall } from '../../src/posix/libc.ts';
import { poll } from '../../src/posix/poll.ts';
import { descriptorLimit } from '../../src/posix/resource-limits.ts';
import { distribution } from '../measure/percentiles.ts';

/** What it says when it serves. */
export interface Watcher {
  readonly port: number;
  /** How many it may have open. */
  readonly descriptors: number;
}

/** Microseconds of one call, by its name. */
export type CallCosts = Readonly<Record<string, number>>;

/** Some of one kind in a row, as a server makes them: a sweep over ten thousand sockets leaves nothing else in the caches. */
const IN_A_ROW = 50;
const ROUNDS = 5;
/** Of a set of descriptors; it is made of words of this size. */
const BITS = 64;
const POLLFD_OCTETS = 8;
/** Room for struct epoll_event, which is packed on x86 and not elsewhere. */
const EPOLL_EVENT_OCTETS = 16;
const EPOLL_EVENTS = 64;
/** POLLIN, EPOLLIN: <poll.h>, <sys/epoll.h>. */
const READABLE = 1;
const EPOLL_CTL_ADD = 1;

const eventfd = systemCall<[value: number, flags: number]>('eventfd', 'int eventfd(unsigned int value, int flags)');
const select2 = systemCall<[highest: number, read: Uint8Array, write: null, except: null, timeout: null]>(
  'select',
  'int select(int highest, uint8_t *read, uint8_t *write, uint8_t *except, void *timeout)',
);
const poll2 = systemCall<[descriptors: Uint8Array, count: number, timeoutMs: number]>(
  'poll',
  'int poll(uint8_t *descriptors, unsigned long count, int timeout)',
);
const epollCreate = systemCall<[flags: number]>('epoll_create1', 'int epoll_create1(int flags)');
const epollControl = systemCall<[epoll: number, operation: number, fd: number, event: Uint8Array]>(
  'epoll_ctl',
  'int epoll_ctl(int epoll, int operation, int fd, uint8_t *event)',
);
const epollWait = systemCall<[epoll: number, events: Uint8Array, most: number, timeoutMs: number]>(
  'epoll_wait',
  'int epoll_wait(int epoll, uint8_t *events, int most, int timeout)',
);

/** @param idle descriptors on which nothing is to be read. */
function measure(idle: readonly number[]): CallCosts {
  const ready = eventfd(1, 0);
  const epoll = epollCreate(0);
  try {
    // The one that is ready is the last one: poll(2) and select(2) look at all of them, wherever it is.
    const waits = ways([...idle, ready], epoll);
    const times = Object.keys(waits).map((name) => [name, [] as number[]] as const);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, each] of times) for (let i = 0; i < IN_A_ROW; i++) each.push(timeOf(waits[name]!));
    }
    return Object.fromEntries(times.map(([name, each]) => [name, distribution(each).p50 * 1000]));
  } finally {
    for (const fd of [epoll, ready]) closeDescriptor(fd);
  }
}

function ways(fds: readonly number[], epoll: number): Record<string, () => unknown> {
  const highest = Math.max(...fds) + 1;
  // More than the C library's FD_SETSIZE, 1024: the kernel takes sets of any size.
  const wanted = Buffer.alloc(Math.ceil(highest / BITS) * (BITS / 8));
  const set = Buffer.alloc(wanted.length);
  const pollfds = Buffer.alloc(fds.length * POLLFD_OCTETS);
  const event = Buffer.alloc(EPOLL_EVENT_OCTETS);
  event.writeUInt32LE(READABLE);
  for (const [index, fd] of fds.entries()) {
    wanted[fd >> 3]! |= 1 << (fd & 7);
    pollfds.writeInt32LE(fd, index * POLLFD_OCTETS);
    pollfds.writeInt16LE(READABLE, index * POLLFD_OCTETS + 4);
    epollControl(epoll, EPOLL_CTL_ADD, fd, event);
  }
  const events = Buffer.alloc(EPOLL_EVENT_OCTETS * EPOLL_EVENTS);
  const requests = fds.map((fd) => ({ fd, readable: true }));
  return {
    // It answers in the same set, which has to be made anew for each call.
    'select(2)': () => {
      set.set(wanted);
      select2(highest, set, null, null, null);
    },
    'poll(2)': () => poll2(pollfds, fds.length, -1),
    'poll(2) with its requests as objects': () => poll(requests, -1),
    'epoll_wait(2)': () => epollWait(epoll, events, EPOLL_EVENTS, -1),
  };
}

function timeOf(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('data', (octets) => socket.write(octets));
  socket.on('close', () => sockets.delete(socket));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send!({ port, descriptors: descriptorLimit() } satisfies Watcher);
});
process.on('message', () => process.send!(measure([...sockets].map(descriptorOf))));
process.once('disconnect', () => process.exit());
