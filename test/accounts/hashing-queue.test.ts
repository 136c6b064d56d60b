import { describe, expect, test } from 'vitest';
import { HashingQueue } from '../../src/accounts/hashing-queue.ts';
import { TooManyLoginsError } from '../../src/accounts/too-many-logins-error.ts';

/** Work that begins when the queue lets it and ends when the test does. */
function bench(queue: HashingQueue) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  /** As a client of its own, unless `client` says otherwise. */
  const add = (name: string, signal?: AbortSignal, client = name) =>
    queue.run(
      client,
      () => {
        begun.push(name);
        return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
      },
      signal,
    );
  const end = async (name: string) => {
    ends.get(name)?.();
    await new Promise(setImmediate);
  };
  return { begun, add, end };
}

describe('a hashing queue', () => {
  test('S19: runs as many at a time as it may, the others in the order in which they came', async () => {
    const { begun, add, end } = bench(new HashingQueue({ atOnce: 2, waiting: 10, waitingPerClient: 10 }));
    const all = ['a', 'b', 'c', 'd', 'e'].map((name) => add(name));
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    await end('c');
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    await end('d');
    await end('e');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('S19: refuses at once when as many wait as may, and takes more when one has had its turn', async () => {
    const { begun, add, end } = bench(new HashingQueue({ atOnce: 1, waiting: 1, waitingPerClient: 1 }));
    void add('a');
    void add('b');
    await expect(add('c')).rejects.toThrow(TooManyLoginsError);
    await end('a');
    void add('d');
    await expect(add('e')).rejects.toThrow(TooManyLoginsError);
    await end('b');
    await end('d');
    expect(begun).toEqual(['a', 'b', 'd']);
  });

  test('S19: forgets who has left before the turn came, and gives the place to another', async () => {
    const { begun, add, end } = bench(new HashingQueue({ atOnce: 1, waiting: 2, waitingPerClient: 2 }));
    const leaving = new AbortController();
    void add('a');
    const left = add('b', leaving.signal);
    void add('c');
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    void add('d');
    await end('a');
    await end('c');
    await end('d');
    expect(begun).toEqual(['a', 'c', 'd']);
  });

  test('does not begin for who has left already, and takes no place for it', async () => {
    const { begun, add } = bench(new HashingQueue({ atOnce: 1, waiting: 0, waitingPerClient: 0 }));
    await expect(add('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    void add('b');
    expect(begun).toEqual(['b']);
  });

  test('lets what has begun run to its end, and hands the turn on after a failure', async () => {
    const queue = new HashingQueue({ atOnce: 1, waiting: 1, waitingPerClient: 1 });
    const leaving = new AbortController();
    const failing = queue.run(
      'a',
      async () => {
        leaving.abort();
        await new Promise(setImmediate);
        throw new Error('of the work');
      },
      leaving.signal,
    );
    const next = queue.run('b', async () => 'next');
    await expect(failing).rejects.toThrow('of the work');
    expect(await next).toBe('next');
    expect(await queue.run('a', async () => 'idle again')).toBe('idle again');
  });

  test('S19: gives turns to clients in rotation, so that one with many attempts does not keep the others waiting', async () => {
    const { begun, add, end } = bench(new HashingQueue({ atOnce: 1, waiting: 10, waitingPerClient: 10 }));
    for (const name of ['m1', 'm2', 'm3', 'm4']) void add(name, undefined, 'many');
    void add('one');
    for (const name of ['m1', 'm2', 'one', 'm3']) await end(name);
    expect(begun).toEqual(['m1', 'm2', 'one', 'm3', 'm4']);
  });

  test('S19: refuses a client that has as many attempts waiting as one may, and still takes those of others', async () => {
    const { add } = bench(new HashingQueue({ atOnce: 1, waiting: 10, waitingPerClient: 1 }));
    void add('running', undefined, 'many');
    void add('waiting', undefined, 'many');
    await expect(add('too many', undefined, 'many')).rejects.toThrow(TooManyLoginsError);
    void add('of another one');
    await expect(add('again', undefined, 'many')).rejects.toThrow(TooManyLoginsError);
  });
});
