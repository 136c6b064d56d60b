import type { Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import type { ReadableFile } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import { DataConnectionError } from './data-connection-error.ts';

/** One write(2) of this size per turn keeps a fast client fast and lets the others in between. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Sends everything that `source` yields. A chunk may be reused once the next one is asked for.
 * @param onMoved told after each chunk how many octets of it went out.
 * @throws DataConnectionError when the connection breaks; whatever `source` throws.
 */
export async function send(
  source: AsyncIterable<Uint8Array>,
  socket: Socket,
  onMoved: (bytes: number) => void,
): Promise<void> {
  for await (const chunk of source) {
    await write(socket, chunk);
    onMoved(chunk.length);
  }
}

/**
 * Ends the sending side and waits until the peer has everything and the connection is closed: what is reported as sent
 * after this, has been sent.
 * @throws DataConnectionError when the connection breaks before that.
 */
export async function sendEnd(socket: Socket): Promise<void> {
  socket.end();
  // Whatever the client still sends on a download's connection is dropped; unread octets would turn the close into a reset.
  socket.resume();
  await finished(socket, { readable: false }).catch((cause: unknown) => {
    throw DataConnectionError.from(cause);
  });
  socket.destroySoon();
}

/**
 * The octets of an open file, from where it stands.
 * @param length octets to yield; what the file holds beyond is left.
 * @throws StorageError `changed-while-reading` when it ends before.
 */
export async function* readChunks(file: ReadableFile, length: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, Math.max(length, 1)));
  for (let left = length; left > 0; ) {
    const bytes = await file.read(left < buffer.length ? buffer.subarray(0, left) : buffer);
    if (bytes === 0) throw new StorageError('changed-while-reading', `${left} of ${length} octets are gone`);
    left -= bytes;
    yield buffer.subarray(0, bytes);
  }
}

function write(socket: Socket, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(chunk, (cause) => {
      if (cause) reject(DataConnectionError.from(cause));
      else resolve();
    });
  });
}
