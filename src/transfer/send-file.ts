import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isInMemory } from '../posix/cached-read.ts';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { PosixError } from '../posix/errno.ts';
import { sendFileAvailable, sendFileOctets } from '../posix/send-file.ts';
import type { FileInKernel, ReadableFile } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import { isProtected } from './carrier.ts';
import { DataConnectionError } from './data-connection-error.ts';
import { readNow } from './read-now.ts';
import { write } from './send.ts';
import { restartStallTimer } from './stall-timer.ts';

/**
 * In one call of sendfile(2): what fits into one segment as it is handed to the network (64 KiB with its headers, before
 * the card cuts it up), in whole pages. A call that sends more makes a full segment and a small one, again and again, which
 * takes a third more of the processor.
 */
const PIECE_BYTES = 60 * 1024;
/** In one turn of the event loop, all transfers together: a fifth of a millisecond, then other clients have theirs. */
const TURN_BYTES = 1024 * 1024;
/** But so much of each. Fewer, and turns cost more than what is sent; more, and the clients' processors forget what they have. */
const LEAST_TURN_BYTES = 4 * PIECE_BYTES;
/** So far ahead is a disk's file asked for at once whether it is in memory. */
const PROBE_BYTES = 512 * 1024;
/** Through the process when the socket is full: its write tells when the socket has room again, which is for far more. */
const SIGNAL_BYTES = 16 * 1024;
/** Through the process when the disk has to be waited for. */
const CHUNK_BYTES = 256 * 1024;

/** Transfers under way in this thread. */
let sending = 0;

/** Why sending in the kernel stopped. */
type Stop = 'end' | 'turn over' | 'socket full' | 'not in memory' | 'impossible';

/**
 * Whether `sendFile` can be used: a file that the kernel reads from a disk of this machine, over plain TCP.
 */
export function canSendFile(file: ReadableFile, socket: Socket): file is ReadableFile & { inKernel: FileInKernel } {
  return file.inKernel !== undefined && !isProtected(socket) && sendFileAvailable();
}

/**
 * Sends an open file, from where it stands, without its octets ever being in this process: sendfile(2). Only when the socket
 * takes no more, or when a part of the file is not in memory, the next octets go the ordinary way: that waits for the one or
 * the other without keeping the event loop.
 *
 * @param length octets to send; what the file holds beyond is left.
 * @param onMoved told of octets that the kernel has taken.
 * @throws DataConnectionError when the connection breaks; StorageError `changed-while-reading` when the file ends before,
 *   and whatever its read() throws.
 */
export async function sendFile(
  file: ReadableFile & { readonly inKernel: FileInKernel },
  socket: Socket,
  length: number,
  onMoved: (bytes: number) => void,
): Promise<void> {
  sending++;
  try {
    await sendOn(file, socket, file.inKernel.position + length, onMoved);
  } finally {
    sending--;
  }
}

async function sendOn(
  file: ReadableFile & { readonly inKernel: FileInKernel },
  socket: Socket,
  end: number,
  onMoved: (bytes: number) => void,
): Promise<void> {
  const { inKernel } = file;
  let signal: Buffer | undefined;
  let buffer: Buffer | undefined;
  for (;;) {
    const stop = sendInKernel(inKernel, socket, end, onMoved);
    if (stop === 'end') return;
    restartStallTimer(socket);
    if (stop === 'turn over') {
      await nextTurn();
      continue;
    }
    const left = end - inKernel.position;
    const full = stop === 'socket full';
    if (full) signal ??= Buffer.allocUnsafeSlow(SIGNAL_BYTES);
    else buffer ??= Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const chunk = (full ? signal : buffer)!.subarray(0, left);
    const octets = full ? readNow(inKernel, chunk) : await file.read(chunk);
    if (octets === 0) throw new StorageError('changed-while-reading', `${left} octets are gone`);
    await write(socket, chunk.subarray(0, octets));
    onMoved(octets);
  }
}

/** As much as one turn may, as far as that waits for nothing. */
function sendInKernel(file: FileInKernel, socket: Socket, end: number, onMoved: (bytes: number) => void): Stop {
  const turnBytes = Math.max(TURN_BYTES / sending, LEAST_TURN_BYTES);
  let inMemoryUntil = file.medium === 'memory' ? end : 0;
  for (let sentInTurn = 0; file.position < end; ) {
    if (sentInTurn >= turnBytes) return 'turn over';
    if (file.position >= inMemoryUntil) {
      const ahead = Math.min(end - file.position, PROBE_BYTES);
      if (!isInMemory(file.descriptor, file.position, ahead)) return 'not in memory';
      inMemoryUntil = file.position + ahead;
    }
    const piece = Math.min(inMemoryUntil - file.position, PIECE_BYTES);
    const sent = sendPiece(file, socket, piece);
    if (typeof sent !== 'number') return sent;
    file.advance(sent);
    onMoved(sent);
    sentInTurn += sent;
  }
  return 'end';
}

/** Errors of the file are left to its read(), which meets them next and gives them their names. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'ETIMEDOUT']);

function sendPiece(file: FileInKernel, socket: Socket, octets: number): number | Stop {
  if (socket.destroyed) throw DataConnectionError.from(socket.errored);
  try {
    // 0 is the end of the file, of which read() tells.
    return sendFileOctets(descriptorOf(socket), file.descriptor, file.position, octets) || 'socket full';
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    if (OF_CONNECTION.has(error.code)) throw DataConnectionError.from(error);
    return 'impossible';
  }
}
