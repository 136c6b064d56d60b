import type { Socket } from 'node:net';
import { descriptorOf } from '../posix/descriptor-of.ts';
import { posixAvailable } from '../posix/libc.ts';
import { hasUnread, shutdown } from '../posix/socket.ts';
import type { ReadableFile } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import { buffers, halvesOf } from './buffer-pool.ts';
import { isProtected } from './carrier.ts';
import { DataConnectionError } from './data-connection-error.ts';
import { readIfAtHand } from './read-now.ts';

/** One write(2) of this size per turn keeps a fast client fast and lets the others in between. */
const CHUNK_BYTES = 256 * 1024;

/** Files up to this size have a buffer of their own, for one read and one write. */
const SMALL_BYTES = 64 * 1024;

/** Less than this is cut from a buffer that all have in common. */
const POOLED_BYTES = 4096;

/**
 * Sends everything that `source` yields. A chunk may be reused once the next one is asked for.
 * @throws DataConnectionError when the connection breaks; whatever `source` throws.
 */
export async function send(source: AsyncIterable<Uint8Array>, socket: Socket): Promise<void> {
  for await (const chunk of source) await write(socket, chunk);
}

/**
 * The same octets, counted as they go: as they stand in the file, so before any conversion.
 * @param onMoved told of the octets of a chunk when who takes the chunks is done with it.
 */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  onMoved: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    const { length } = chunk;
    yield chunk;
    onMoved(length);
  }
}

/**
 * Ends the sending side and waits until the kernel has taken everything, the end included (shutdown(2)): what is left to
 * do then, TCP does without us.
 * @throws DataConnectionError when the connection breaks before that.
 */
export async function sendEnd(socket: Socket): Promise<void> {
  // Its end() would wait for ever.
  if (socket.destroyed) throw DataConnectionError.from(socket.errored);
  if (endAtOnce(socket)) return;
  // Whatever the client still sends on a download's connection is dropped; unread octets would turn the close into a reset.
  socket.resume();
  await new Promise<void>((resolve, reject) => {
    // Called when it has ended, as when it cannot any more.
    socket.end((cause?: Error | null) => {
      if (cause || !socket.writableFinished) reject(DataConnectionError.from(cause ?? socket.errored));
      else resolve();
    });
  });
  // Over TLS the client answers the end; letGo() waits for that.
  if (!isProtected(socket)) socket.destroySoon();
}

/**
 * The end of a connection that has nothing left to send takes one call, where Node's way to it takes a turn of the event
 * loop. Not where octets have come that nobody has read: a close would be a reset then.
 */
function endAtOnce(socket: Socket): boolean {
  if (isProtected(socket) || !posixAvailable() || socket.writableLength > 0) return false;
  const descriptor = descriptorOf(socket);
  if (hasUnread(descriptor)) return false;
  try {
    shutdown(descriptor, 'write');
    return true;
  } catch {
    // A connection that is broken; the ordinary way tells how.
    return false;
  }
}

/**
 * The octets of an open file, from where it stands.
 * @param length octets to yield; what the file holds beyond is left.
 * @throws StorageError `changed-while-reading` when it ends before.
 */
export async function* readChunks(file: ReadableFile, length: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(length, 1)));
  for (let left = length; left > 0; ) {
    const bytes = await readSome(file, buffer, left, length);
    left -= bytes;
    yield buffer.subarray(0, bytes);
  }
}

/**
 * Sends an open file, from where it stands, as it is. The next octets are read while those before are on their way.
 * @param length and errors as those of readChunks() and write(). @param onMoved told of octets that the kernel has taken.
 */
export async function sendChunks(
  file: ReadableFile,
  socket: Socket,
  length: number,
  onMoved: (bytes: number) => void,
): Promise<void> {
  if (length === 0) return;
  if (length <= SMALL_BYTES) {
    const buffer = length < POOLED_BYTES ? Buffer.allocUnsafe(length) : Buffer.allocUnsafeSlow(length);
    for (let left = length; left > 0; ) {
      const bytes = await readSome(file, buffer, left, length);
      await write(socket, buffer.subarray(0, bytes));
      left -= bytes;
      onMoved(bytes);
    }
    return;
  }
  using buffer = buffers.lend();
  let [full, empty] = halvesOf(buffer.octets);
  let left = length;
  // A write over TLS is never over before the event loop has gone round.
  const read = isProtected(socket) ? readSoon : readSome;
  for (let bytes = await read(file, full, left, length); bytes > 0; ) {
    left -= bytes;
    const sending = write(socket, full.subarray(0, bytes));
    const reading = left > 0 ? read(file, empty, left, length) : 0;
    const [next] = await bothEnded(reading, sending);
    onMoved(bytes);
    bytes = next;
    [full, empty] = [empty, full];
  }
}

/** Nothing must be under way any more when the file is closed. @throws what the first one throws that fails. */
async function bothEnded<A, B>(first: A | Promise<A>, second: B | Promise<B>): Promise<[A, B]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** The same, on the spot what is in memory. */
async function readSoon(file: ReadableFile, buffer: Uint8Array, left: number, length: number): Promise<number> {
  const octets = readIfAtHand(file, left < buffer.length ? buffer.subarray(0, left) : buffer);
  return octets || readSome(file, buffer, left, length);
}

async function readSome(file: ReadableFile, buffer: Uint8Array, left: number, length: number): Promise<number> {
  const bytes = await file.read(left < buffer.length ? buffer.subarray(0, left) : buffer);
  if (bytes === 0) throw new StorageError('changed-while-reading', `${left} of ${length} octets are gone`);
  return bytes;
}

/** Fulfilled when the kernel has taken the chunk. @throws DataConnectionError when the connection breaks before. */
export function write(socket: Socket, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, (cause) => {
      // A write that waited while the socket was destroyed is reported as if it had succeeded, or as cancelled.
      if (cause || socket.destroyed) reject(DataConnectionError.from(socket.errored ?? cause));
      else resolve();
    });
  });
}
