/** What a client may ask, and what it is answered. Text in, text out: how it is framed is somebody else's business. */

/** Where a hash lives. */
export interface Place {
  /** Process id. */
  readonly process: number;
  /** Thread id; 0 is the main thread of its process. */
  readonly thread: number;
}

export type Hash = Map<string, string>;

/** Keys that one hash holds at most: whoever may connect may store. */
export const LIMIT_KEYS = 10_000;

interface Verb {
  readonly syntax: string;
  /** What follows the verb and a space. */
  readonly argument: RegExp;
  answer(hash: Hash, place: Place, ...matched: string[]): string;
}

const VERBS: Readonly<Record<string, Verb>> = {
  SET: {
    syntax: 'SET key value',
    argument: /^(\S+) (.*)$/s,
    answer(hash, _place, key, value) {
      if (hash.size >= LIMIT_KEYS && !hash.has(key!)) return 'ERROR the hash is full';
      hash.set(key!, value!);
      return 'STORED';
    },
  },
  GET: {
    syntax: 'GET key',
    argument: /^(\S+)$/,
    answer(hash, _place, key) {
      const value = hash.get(key!);
      return value === undefined ? 'NOT FOUND' : `VALUE ${value}`;
    },
  },
  WHERE: {
    syntax: 'WHERE [request]',
    argument: /^((?!WHERE\b).*)$/s,
    answer(hash, place, request) {
      const reply = request === '' ? '' : `: ${answerRequest(request!, hash, place)}`;
      return `WHERE process ${place.process} thread ${place.thread} keys ${hash.size}${reply}`;
    },
  },
};

/**
 * Answers one request from `hash`:
 *
 *     SET key value     STORED
 *     GET key           VALUE value, or NOT FOUND
 *     WHERE             WHERE process 4711 thread 0 keys 3: who answers, and how many keys its own hash has
 *     WHERE request     the same, followed by the answer to the request: WHERE process 4711 thread 0 keys 3: STORED
 *
 * A key is everything but white space; a value is whatever follows. What cannot be done is answered `ERROR` and the reason.
 */
export function answerRequest(request: string, hash: Hash, place: Place): string {
  const name = request.split(' ', 1)[0]!;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name]! : undefined;
  if (!verb)
    return `ERROR unknown request; there are ${Object.values(VERBS)
      .map(({ syntax }) => syntax)
      .join(', ')}`;
  const matched = verb.argument.exec(request.slice(name.length + 1));
  if (!matched) return `ERROR it is written ${verb.syntax}`;
  return verb.answer(hash, place, ...matched.slice(1));
}

/** What a WHERE was answered. */
export interface Whereabouts {
  readonly place: Place;
  /** That the hash of the place has. */
  readonly keys: number;
  /** To the request that followed WHERE; empty without one. */
  readonly reply: string;
}

/** @throws Error when it is no answer to WHERE. */
export function parseWhereabouts(reply: string): Whereabouts {
  const matched = /^WHERE process (\d+) thread (\d+) keys (\d+)(?:: (.*))?$/s.exec(reply);
  if (!matched) throw new Error(`not an answer to WHERE: ${reply}`);
  const [process, thread, keys] = matched.slice(1, 4).map(Number);
  return { place: { process: process!, thread: thread! }, keys: keys!, reply: matched[4] ?? '' };
}
