import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { reset } from '../../src/transfer/reset.ts';
import { resetShared, socketOfDescriptor } from '../../src/transfer/shared-socket.ts';
import { connectedPair } from '../support/connected-pair.ts';

function quietly(socket: Socket): Socket {
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Half a turn of a connection: something sent there has come here. */
async function arrives(from: Socket, to: Socket, text: string): Promise<void> {
  from.write(text);
  let received = '';
  while (received !== text) {
    const chunk = to.read() as Buffer | null;
    if (chunk === null) await once(to, 'readable');
    else received += chunk;
  }
}

test('a second socket on a connection reads what came before it was made, and writes', async () => {
  const { ours: kept, theirs } = await connectedPair();
  theirs.write('early');
  const second = quietly(socketOfDescriptor(descriptorOf(kept)));
  expect(descriptorOf(second)).not.toBe(descriptorOf(kept));
  const [chunk] = (await once(second, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('early');
  await arrives(second, theirs, 'answer');
});

test('a connection outlives each one of its sockets, and ends with the last', async () => {
  const { ours: kept, theirs } = await connectedPair();
  const second = quietly(socketOfDescriptor(descriptorOf(kept)));
  kept.destroy();
  await once(kept, 'close');
  await arrives(second, theirs, 'still there');
  const ended = once(theirs, 'end');
  second.destroy();
  theirs.resume();
  await ended;
});

test('an end that one of them sends is seen by the peer while the other one is open', async () => {
  const { ours: kept, theirs } = await connectedPair();
  const second = quietly(socketOfDescriptor(descriptorOf(kept)));
  const ended = once(theirs, 'end');
  second.end('the last octets');
  theirs.resume();
  await ended;
  expect(kept.destroyed).toBe(false);
});

test.each(['kept', 'second'] as const)(
  'a reset by the %s one holds for both, whichever is closed last',
  async (first) => {
    const { ours: kept, theirs } = await connectedPair();
    const second = quietly(socketOfDescriptor(descriptorOf(kept)));
    const sockets = { kept, second };
    second.write(Buffer.alloc(64 * 1024 * 1024));
    const failed = once(theirs, 'error');
    reset(sockets[first]);
    sockets[first === 'kept' ? 'second' : 'kept'].destroy();
    theirs.resume();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  },
);

test('a reset for all reaches the peer although a descriptor is left over, and throws away what waits to be sent', async () => {
  const { ours: kept, theirs } = await connectedPair();
  const second = quietly(socketOfDescriptor(descriptorOf(kept)));
  second.write(Buffer.alloc(64 * 1024 * 1024));
  const failed = once(theirs, 'error');
  resetShared(kept);
  theirs.resume();
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  expect(kept.destroyed).toBe(true);
  resetShared(kept);
});

test('a socket that is closed has no descriptor to share', async () => {
  const { ours: kept } = await connectedPair();
  kept.destroy();
  expect(() => descriptorOf(kept)).toThrow('no descriptor');
});

test('nothing is read until somebody reads: a duplicate finds all of it', async () => {
  const { ours: kept, theirs } = await connectedPair();
  theirs.write('early');
  const second = quietly(socketOfDescriptor(descriptorOf(kept)));
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  expect(second.bytesRead).toBe(0);
  const third = quietly(socketOfDescriptor(descriptorOf(second)));
  const [chunk] = (await once(third, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('early');
});
