/** From a file to a socket within the kernel: sendfile(2), and whether that would wait for the disk: preadv2(2). Linux. */
import { constants } from 'node:os';
import { PosixError } from './errno.ts';
import { addressOf, errnoCall, posixAvailable } from './libc.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

const { EAGAIN, EINTR } = constants.errno;

/** <linux/fs.h>: fail with EAGAIN instead of waiting for the disk. */
const RWF_NOWAIT = 8;

/** The kernel reads ahead in larger pieces than this, so what lies between two octets that are cached mostly is as well. */
const PROBE_DISTANCE_OCTETS = 128 * 1024;

const sendfile = errnoCall<[socket: number, file: number, offset: Uint8Array, octets: number]>(
  'long sendfile(int socket, int file, uint8_t *offset, size_t octets)',
);
const preadv2 = errnoCall<
  [number: number, fd: number, vector: number, count: number, low: number, high: number, flags: number]
>('long syscall(long number, int fd, uintptr_t vector, int count, unsigned long low, unsigned long high, int flags)');

/** Written and read between two calls, which never overlap in a thread. */
const position = new BigInt64Array(1);
const positionOctets = new Uint8Array(position.buffer);

/** Whether there is sendfile(2) of files to sockets as Linux has it; other systems' differ. */
export function sendFileAvailable(): boolean {
  return SYSCALL_NUMBERS !== undefined && posixAvailable();
}

/**
 * Sends octets of a file, as far as the socket takes them at once. Waits for the disk where they are not cached.
 *
 * @param socketFd non-blocking. @param offset in octets, in the file, whose own position stays as it is.
 * @param octets at most.
 * @returns how many; 0 at the end of the file; undefined when the socket takes none (EAGAIN).
 * @throws PosixError EPIPE, ECONNRESET of the socket; EIO of the file; EINVAL for files that cannot be sent so.
 */
export function sendFileOctets(socketFd: number, fileFd: number, offset: number, octets: number): number | undefined {
  for (;;) {
    position[0] = BigInt(offset);
    const sent = sendfile(socketFd, fileFd, positionOctets, octets);
    if (sent >= 0) return sent;
    if (sent === -EAGAIN) return undefined;
    if (sent !== -EINTR) throw new PosixError(-sent, 'sendfile');
  }
}

let probe: Probe | undefined;

/**
 * Whether octets of a file can be read without waiting for the disk: asked of one octet in 128 KiB, and of the last.
 *
 * @returns false as well where the file system does not tell (EOPNOTSUPP), and beyond the end of the file.
 */
export function isInMemory(fileFd: number, offset: number, octets: number): boolean {
  probe ??= new Probe();
  for (let at = offset; at < offset + octets - 1; at += PROBE_DISTANCE_OCTETS) {
    if (!probe.reads(fileFd, at)) return false;
  }
  return probe.reads(fileFd, offset + octets - 1);
}

/** One octet, and the struct iovec that describes it. */
class Probe {
  readonly #octet = Buffer.allocUnsafeSlow(1);
  readonly #vector = Buffer.alloc(16);
  readonly #address: number;

  constructor() {
    this.#vector.writeBigUInt64LE(BigInt(addressOf(this.#octet)), 0);
    this.#vector.writeBigUInt64LE(1n, 8);
    this.#address = addressOf(this.#vector);
  }

  reads(fd: number, offset: number): boolean {
    return preadv2(SYSCALL_NUMBERS!.preadv2, fd, this.#address, 1, offset, 0, RWF_NOWAIT) === 1;
  }
}
