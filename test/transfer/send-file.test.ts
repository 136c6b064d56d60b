import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isInMemory } from '../../src/posix/cached-read.ts';
import { sendFileAvailable } from '../../src/posix/send-file.ts';
import { Place } from '../../src/storage/disk-jail.ts';
import { openReader } from '../../src/storage/disk-reader.ts';
import type { ReadableFile } from '../../src/storage/file-system.ts';
import { sendEnd } from '../../src/transfer/send.ts';
import { canSendFile, sendFile } from '../../src/transfer/send-file.ts';
import { connectedPair } from '../support/connected-pair.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const MIB = 2 ** 20;

async function fileWith(content: Buffer): Promise<string> {
  const path = join(await temporaryDirectory(), 'file');
  writeFileSync(path, content);
  return path;
}

async function opened(path: string, start = 0) {
  const file = await openReader(new Place(path), '/file', start);
  onTestFinished(() => file.close());
  return file;
}

/** Sends the rest of it, and the end. @returns what was told of octets that have moved. */
async function sent(file: ReadableFile, socket: Socket, length: number): Promise<number> {
  if (!canSendFile(file, socket)) throw new Error('cannot be sent');
  let moved = 0;
  await sendFile(file, socket, length, (octets) => (moved += octets));
  await sendEnd(socket);
  return moved;
}

describe.runIf(sendFileAvailable())('sendFile', () => {
  test.each([
    { size: 128 * 1024, start: 0, length: 128 * 1024 },
    { size: 5 * MIB + 3, start: 0, length: 5 * MIB + 3 },
    { size: 5 * MIB, start: 12_345, length: 5 * MIB - 12_345 },
    { size: 5 * MIB, start: 1, length: MIB + 1 },
  ])('sends $length octets of $size from $start on, each once', async ({ size, start, length }) => {
    const content = randomBytes(size);
    const file = await opened(await fileWith(content), start);
    const { ours, theirs } = await connectedPair();
    const received = buffer(theirs);
    expect(await sent(file, ours, length)).toBe(length);
    expect((await received).equals(content.subarray(start, start + length))).toBe(true);
  });

  test('goes on where the socket was full when a slow client reads again', async () => {
    const content = randomBytes(20 * MIB);
    const { ours, theirs } = await connectedPair();
    const sending = sent(await opened(await fileWith(content)), ours, content.length);
    // Far more than the kernel keeps for a connection: it is full as long as nobody reads.
    while (ours.writableLength === 0) await nextTurn();
    expect((await buffer(theirs)).equals(content)).toBe(true);
    expect(await sending).toBe(content.length);
  });

  test('a file that has become shorter is told as such', async () => {
    const path = await fileWith(randomBytes(MIB));
    const file = await opened(path);
    truncateSync(path, 1000);
    const { ours, theirs } = await connectedPair();
    theirs.resume();
    await expect(sent(file, ours, MIB)).rejects.toMatchObject({ kind: 'changed-while-reading' });
  });

  test.each([
    { how: 'resets', leave: (socket: Socket) => socket.resetAndDestroy() },
    { how: 'closes', leave: (socket: Socket) => socket.destroy() },
  ])('a client that $how the connection breaks the transfer', async ({ leave }) => {
    const content = randomBytes(20 * MIB);
    const { ours, theirs } = await connectedPair();
    const sending = sent(await opened(await fileWith(content)), ours, content.length);
    while (ours.writableLength === 0) await nextTurn();
    leave(theirs);
    await expect(sending).rejects.toMatchObject({ name: 'DataConnectionError' });
  });

  test('a connection that is destroyed here breaks the transfer', async () => {
    const content = randomBytes(20 * MIB);
    const { ours } = await connectedPair();
    const sending = sent(await opened(await fileWith(content)), ours, content.length);
    while (ours.writableLength === 0) await nextTurn();
    ours.destroy();
    await expect(sending).rejects.toMatchObject({ name: 'DataConnectionError' });
  });

  test('what the disk has to be asked for is read elsewhere, and the event loop goes round meanwhile', async (context) => {
    const content = randomBytes(2 * MIB);
    const path = await fileWith(content);
    dropFromCache(path);
    const file = await opened(path);
    if (file.inKernel?.medium !== 'disk') return context.skip('temporary files are in memory');
    const fd = openSync(path, 'r');
    expect(isInMemory(fd, 0, content.length)).toBe(false);
    closeSync(fd);
    // As slow as a disk can be.
    let answer!: () => void;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow: ReadableFile = {
      size: file.size,
      inKernel: file.inKernel,
      close: () => file.close(),
      [Symbol.asyncDispose]: () => file.close(),
      read: async (octets) => {
        await answered;
        return file.read(octets);
      },
    };
    const { ours, theirs } = await connectedPair();
    const received = buffer(theirs);
    const sending = sent(slow, ours, content.length);
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    expect(theirs.bytesRead).toBe(0);
    answer();
    expect(await sending).toBe(content.length);
    expect((await received).equals(content)).toBe(true);
  });
});

/** posix_fadvise(2), POSIX_FADV_DONTNEED, as dd(1) does it for `nocache`. */
function dropFromCache(path: string): void {
  execFileSync('sync', [path]);
  execFileSync('dd', [`if=${path}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
}
