import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { hasUnread } from '../../src/posix/socket.ts';
import type { ReadableFile } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { sendChunks, sendEnd, write } from '../../src/transfer/send.ts';
import { connectedPair } from '../support/connected-pair.ts';

function opened(content: Uint8Array | string): Promise<ReadableFile> {
  return new MemoryFileSystem({ files: { '/file': content } }).read('/file');
}

describe('sendChunks', () => {
  test.each([0, 1, 4095, 4096, 256 * 1024, 256 * 1024 + 1, 3_000_000])('sends %i octets as they are', async (size) => {
    const content = Buffer.from({ length: size }).map((_octet, at) => at % 251);
    const { ours, theirs } = await connectedPair();
    const received = buffer(theirs);
    let moved = 0;
    await sendChunks(await opened(content), ours, size, (octets) => (moved += octets));
    await sendEnd(ours);
    ours.destroy();
    expect((await received).equals(content)).toBe(true);
    expect(moved).toBe(size);
  });

  test('sends no more than it is told', async () => {
    const { ours, theirs } = await connectedPair();
    const received = buffer(theirs);
    await sendChunks(await opened('0123456789'), ours, 4, () => {});
    await sendEnd(ours);
    ours.destroy();
    expect((await received).toString()).toBe('0123');
  });

  test('fails when the file ends before', async () => {
    const { ours } = await connectedPair();
    const sending = sendChunks(await opened('0123'), ours, 5, () => {});
    await expect(sending).rejects.toMatchObject({ name: 'StorageError', kind: 'changed-while-reading' });
  });
});

describe('sendEnd', () => {
  test.runIf(posixAvailable())('is done within its turn when nothing is left to send', async () => {
    const { ours, theirs } = await connectedPair();
    await write(ours, Buffer.from('all'));
    let turns = 0;
    const counting = setImmediate(() => turns++);
    await sendEnd(ours);
    expect(turns).toBe(0);
    clearImmediate(counting);
    expect((await buffer(theirs)).toString()).toBe('all');
  });

  test('waits for what is left to be sent', async () => {
    const { ours, theirs } = await connectedPair();
    const content = Buffer.alloc(32 * 2 ** 20, 'x');
    ours.write(content);
    let ended = false;
    const ending = sendEnd(ours).then(() => (ended = true));
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    expect(ended).toBe(false);
    const received = buffer(theirs);
    await ending;
    expect((await received).equals(content)).toBe(true);
  });

  test.runIf(posixAvailable())('is an orderly end, whatever the client has sent on its side', async () => {
    const { ours, theirs } = await connectedPair();
    theirs.write('nobody asked for this');
    while (!hasUnread(descriptorOf(ours))) await nextTurn();
    await write(ours, Buffer.from('all'));
    const received = buffer(theirs);
    await sendEnd(ours);
    ours.destroy();
    expect((await received).toString()).toBe('all');
  });

  test('fails where the connection is closed already', async () => {
    const { ours } = await connectedPair();
    ours.destroy();
    await expect(sendEnd(ours)).rejects.toMatchObject({ name: 'DataConnectionError' });
  });

  test('fails where it breaks before all is sent', async () => {
    const { ours, theirs } = await connectedPair();
    ours.write(Buffer.alloc(32 * 2 ** 20));
    const ending = sendEnd(ours);
    theirs.resetAndDestroy();
    await expect(ending).rejects.toMatchObject({ name: 'DataConnectionError' });
  });
});
