import { describe, expect, test } from 'vitest';
import { ServerGroup } from '../../src/cli/server-group.ts';
import type { RunningServer } from '../../src/runtime/runner.ts';

type OnListening = (() => Promise<void>) | undefined;

/** Servers that note what happens to them, in the order in which it does. */
function stage() {
  const events: string[] = [];
  const running = (name: string): RunningServer => ({
    address: { address: name, port: 1 },
    addresses: [{ address: name, port: 1 }],
    reconfigure: () => {},
    stats: () => ({ connected: 1, served: 2 }),
    who: async () => [],
    kick: async () => false,
    close: async () => void events.push(`${name} is closed`),
    [Symbol.asyncDispose]: async () => {},
  });
  const starting = (name: string, bound: Promise<void> = Promise.resolve()) => {
    return async (onListening: OnListening) => {
      await bound;
      events.push(`${name} listens`);
      await onListening?.();
      events.push(`${name} serves`);
      return running(name);
    };
  };
  return { events, running, starting };
}

describe('a group of servers', () => {
  test('S21: has something done once, when all listen and before any of them serves', async () => {
    const { events, starting } = stage();
    let bind!: () => void;
    const slow = new Promise<void>((resolve) => {
      bind = resolve;
    });
    const started = ServerGroup.start([starting('ftp'), starting('http', slow)], async () => {
      events.push('begun');
      await Promise.resolve();
      events.push('done');
    });
    bind();
    const group = await started;
    expect(events).toEqual(['ftp listens', 'http listens', 'begun', 'done', 'ftp serves', 'http serves']);
    expect(group.addresses.map(({ address }) => address)).toEqual(['ftp', 'http']);
    expect(group.stats()).toEqual({ connected: 2, served: 4 });
  });

  test('S21: serves nothing when that fails', async () => {
    const { events, starting } = stage();
    const failed = ServerGroup.start([starting('ftp'), starting('http')], () => {
      throw new Error('still root');
    });
    await expect(failed).rejects.toThrow('still root');
    expect(events).toEqual(['ftp listens', 'http listens']);
  });

  test('S21: serves nothing when one cannot listen, and does not do it then', async () => {
    const { events, starting } = stage();
    const failed = ServerGroup.start([starting('ftp'), starting('http', Promise.reject(new Error('in use')))], () => {
      events.push('done');
    });
    await expect(failed).rejects.toThrow('in use');
    expect(events).toEqual(['ftp listens']);
  });

  test('S21: has no place for a server that does not tell when it listens', async () => {
    const { events, running, starting } = stage();
    const failed = ServerGroup.start([starting('ftp'), async () => running('mute')], () => {
      events.push('done');
    });
    await expect(failed).rejects.toThrow('does not tell when it listens');
    expect(events).toEqual(['ftp listens', 'mute is closed']);
  });

  test('closes those that serve when another one cannot be started', async () => {
    const { events, starting } = stage();
    const failed = ServerGroup.start([starting('ftp'), starting('http', Promise.reject(new Error('in use')))]);
    await expect(failed).rejects.toThrow('in use');
    expect(events).toEqual(['ftp listens', 'ftp serves', 'ftp is closed']);
  });
});
