/** From a socket into a file within the kernel: splice(2), by way of a pipe, pipe(7). Linux. */
import { constants } from 'node:os';
import { PosixError } from './errno.ts';
import { addressOf, errnoCall, pooledFunction, posixAvailable, systemCall } from './libc.ts';
import { SOCKET_CONSTANTS } from './socket-constants.ts';
import { closeOwned, ownedByThread } from './thread-descriptors.ts';

const { EAGAIN, EINTR } = constants.errno;
const { O_NONBLOCK } = SOCKET_CONSTANTS;

/** <asm-generic/fcntl.h>. Not on MIPS or SPARC, for which koffi has no binaries or Node has none. */
const O_CLOEXEC = 0o2000000;
/** <linux/fcntl.h> */
const F_SETPIPE_SZ = 1031;
/** <bits/fcntl-linux.h>: do not wait for the pipe. Whether the socket is waited for is a matter of its own flag. */
const SPLICE_F_NONBLOCK = 2;

const pipe2 = systemCall<[ends: Int32Array, flags: number]>('pipe2', 'int pipe2(int *ends, int flags)');
const fcntl = systemCall<[fd: number, command: number, type: 'int', argument: number]>(
  'fcntl',
  'int fcntl(int fd, int command, ...)',
);
const splice = errnoCall<
  [from: number, fromOffset: null, to: number, toOffset: Uint8Array | null, octets: number, flags: number]
>('long splice(int from, void *fromOffset, int to, uint8_t *toOffset, size_t octets, unsigned int flags)');

const spliceOnPool = pooledFunction<
  [from: number, fromOffset: null, to: number, toOffset: number, octets: number, flags: number]
>('long splice(int from, void *fromOffset, int to, uintptr_t toOffset, size_t octets, unsigned int flags)');

/** Written and read between two calls, which never overlap in a thread. */
const position = new BigInt64Array(1);
const positionOctets = new Uint8Array(position.buffer);

/** Whether there is splice(2). */
export function spliceAvailable(): boolean {
  return process.platform === 'linux' && posixAvailable();
}

/** A pipe that pages go through on their way from a socket to a file; neither end is waited for. */
export class Pipe implements Disposable {
  readonly readEnd: number;
  readonly #writeEnd: number;
  readonly #octets: number;
  /** For calls that overlap with those of other pipes. */
  #offset: BigInt64Array | undefined;

  /**
   * @param octets that it takes, rounded up to a power of two of pages.
   * @throws PosixError EMFILE, ENFILE; EPERM when this user's pipes have too much already (pipe-user-pages-soft, pipe(7)).
   */
  constructor(octets: number) {
    const ends = new Int32Array(2);
    pipe2(ends, O_NONBLOCK | O_CLOEXEC);
    this.readEnd = ownedByThread(ends[0]!);
    this.#writeEnd = ownedByThread(ends[1]!);
    try {
      this.#octets = fcntl(this.#writeEnd, F_SETPIPE_SZ, 'int', octets);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Takes what has come over a connection, as far as it fits.
   *
   * @param socketFd non-blocking.
   * @returns octets taken; 0 at the end of the connection; undefined when nothing has come (EAGAIN), or nothing fits.
   * @throws PosixError ECONNRESET and its like; EINVAL for what cannot be read so.
   */
  takeFrom(socketFd: number): number | undefined {
    return retried(() => splice(socketFd, null, this.#writeEnd, null, this.#octets, SPLICE_F_NONBLOCK));
  }

  /**
   * Puts octets into a file, whose own position stays as it is. Waits for the disk where the file is on one.
   *
   * @param offset in octets, in the file. @param octets at most.
   * @returns how many, 1 or more; undefined when the pipe is empty.
   * @throws PosixError ENOSPC, EDQUOT, EFBIG, EIO; EINVAL for files that cannot be written so. What was not put stays here.
   */
  putInto(fileFd: number, offset: number, octets: number): number | undefined {
    return retried(() => {
      position[0] = BigInt(offset);
      return splice(this.readEnd, null, fileFd, positionOctets, octets, SPLICE_F_NONBLOCK);
    });
  }

  /**
   * The same on a thread of Node's pool. Until the promise is settled, file and pipe must stay open.
   *
   * @throws as putInto() does.
   */
  async putIntoOnPool(fileFd: number, offset: number, octets: number): Promise<number | undefined> {
    this.#offset ??= new BigInt64Array(1);
    this.#offset[0] = BigInt(offset);
    const address = addressOf(new Uint8Array(this.#offset.buffer));
    const put = await spliceOnPool(this.readEnd, null, fileFd, address, octets, SPLICE_F_NONBLOCK);
    // Why it failed is known on the other thread only. Asked once more on this one, it will say so here; or succeed.
    return put < 0 ? this.putInto(fileFd, offset, octets) : put;
  }

  [Symbol.dispose](): void {
    closeOwned(this.readEnd);
    closeOwned(this.#writeEnd);
  }
}

function retried(call: () => number): number | undefined {
  for (;;) {
    const octets = call();
    if (octets >= 0) return octets;
    if (octets === -EAGAIN) return undefined;
    if (octets !== -EINTR) throw new PosixError(-octets, 'splice');
  }
}
