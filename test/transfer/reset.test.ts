import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { reset } from '../../src/transfer/reset.ts';
import { connectedPair } from '../support/connected-pair.ts';

/** What a descriptor of this process stands for, such as `socket:[4711]`; undefined when it is closed. */
function openFile(descriptor: number): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

function descriptorOf(socket: Socket): number {
  return (socket as unknown as { _handle: { fd: number } })._handle.fd;
}

test('a reset cuts off what still waits to be sent', async () => {
  const { ours, theirs } = await connectedPair();
  ours.write(Buffer.alloc(64 * 1024 * 1024));
  const ended = once(theirs, 'error');
  reset(ours);
  theirs.resume();
  expect(await ended).toMatchObject([{ code: 'ECONNRESET' }]);
});

test('a reset while our own end is under way closes the descriptor', async () => {
  const { ours, theirs } = await connectedPair();
  const descriptor = descriptorOf(ours);
  const connection = openFile(descriptor);
  ours.end('the last octets');
  reset(ours);
  theirs.resume();
  await once(theirs, 'end').catch(() => {});
  theirs.destroy();
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect(connection).toMatch(/^socket:/);
  expect(openFile(descriptor)).not.toBe(connection);
});
