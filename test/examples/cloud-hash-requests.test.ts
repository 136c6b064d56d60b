import { expect, test } from 'vitest';
import { answerRequest, LIMIT_KEYS, parseWhereabouts } from '../../examples/cloud-hash/requests.ts';

const HERE = { process: 4711, thread: 2 };

function asker() {
  const hash = new Map<string, string>();
  return { hash, ask: (request: string) => answerRequest(request, hash, HERE) };
}

test('what was set is what one gets, whatever it is', () => {
  const { ask } = asker();
  for (const value of ['Oslo', '', ' two  words ', 'two\nlines', 'NOT FOUND', 'ø']) {
    expect(ask(`SET key ${value}`)).toBe('STORED');
    expect(ask('GET key')).toBe(`VALUE ${value}`);
  }
});

test('a key that nobody has set is not found, not even one that every object has', () => {
  const { ask } = asker();
  expect(['key', '__proto__', 'constructor'].map((key) => ask(`GET ${key}`))).toEqual(Array(3).fill('NOT FOUND'));
});

test('WHERE tells who answers and how many keys there are, and does what follows it first', () => {
  const { ask } = asker();
  expect(ask('WHERE')).toBe('WHERE process 4711 thread 2 keys 0');
  expect(ask('WHERE SET key value')).toBe('WHERE process 4711 thread 2 keys 1: STORED');
  expect(parseWhereabouts(ask('WHERE GET key'))).toEqual({ place: HERE, keys: 1, reply: 'VALUE value' });
  expect(() => parseWhereabouts('ERROR')).toThrow('not an answer to WHERE');
});

test('what cannot be understood is an error that says what could', () => {
  const { ask, hash } = asker();
  for (const request of ['', 'get key', 'DELETE key', 'toString', ' GET key']) {
    expect(ask(request)).toBe('ERROR unknown request; there are SET key value, GET key, WHERE [request]');
  }
  expect(ask('SET key')).toBe('ERROR it is written SET key value');
  expect(ask('SET  value')).toBe('ERROR it is written SET key value');
  expect(ask('GET')).toBe('ERROR it is written GET key');
  expect(ask('GET one two')).toBe('ERROR it is written GET key');
  expect(ask('WHERE WHERE')).toBe('ERROR it is written WHERE [request]');
  expect(hash.size).toBe(0);
});

test('a hash that is full takes new values, and no new keys', () => {
  const { ask, hash } = asker();
  for (let key = 0; key < LIMIT_KEYS; key++) hash.set(String(key), '');
  expect(ask('SET more 1')).toBe('ERROR the hash is full');
  expect(ask('SET 0 1')).toBe('STORED');
  expect(hash.size).toBe(LIMIT_KEYS);
});
