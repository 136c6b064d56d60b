/** From a file to a socket within the kernel: sendfile(2). Linux. */
import { constants } from 'node:os';
import { PosixError } from './errno.ts';
import { errnoCall, posixAvailable } from './libc.ts';
import { SYSCALL_NUMBERS } from './syscall-numbers.ts';

const { EAGAIN, EINTR } = constants.errno;

const sendfile = errnoCall<[socket: number, file: number, offset: Uint8Array, octets: number]>(
  'long sendfile(int socket, int file, uint8_t *offset, size_t octets)',
);
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
