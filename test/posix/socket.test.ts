import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { hasUnread } from '../../src/posix/socket.ts';
import { connectedPair } from '../support/connected-pair.ts';

/** The descriptor of a connection that nobody reads from, and its other end. */
async function unreadConnection() {
  const { ours, theirs } = await connectedPair();
  return { fd: descriptorOf(ours), ours, theirs };
}

describe.runIf(posixAvailable())('hasUnread', () => {
  it('is false before something comes, and true from then on, as often as it is asked', async () => {
    const { fd, theirs } = await unreadConnection();
    expect(hasUnread(fd)).toBe(false);
    theirs.write('x');
    while (!hasUnread(fd)) await nextTurn();
    expect(hasUnread(fd)).toBe(true);
  });

  it('takes nothing away', async () => {
    const { fd, ours, theirs } = await unreadConnection();
    theirs.write('octets');
    while (!hasUnread(fd)) await nextTurn();
    const [chunk] = (await once(ours.resume(), 'data')) as [Buffer];
    expect(chunk.toString()).toBe('octets');
    expect(hasUnread(fd)).toBe(false);
  });

  it.each(['end', 'resetAndDestroy'] as const)('is false of a connection whose other side has said %s', async (how) => {
    const { fd, theirs } = await unreadConnection();
    theirs[how]();
    await nextTurn();
    await nextTurn();
    expect(hasUnread(fd)).toBe(false);
  });
});
