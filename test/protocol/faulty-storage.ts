import type { FileSystem } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';

/** Must never reach a client. */
export const SECRET = 'the-password-of-the-backend';

type Method = keyof Omit<FileSystem, 'within'>;

const METHODS: readonly Method[] = [
  'stat',
  'list',
  'read',
  'write',
  'makeDirectory',
  'removeDirectory',
  'removeFile',
  'rename',
  'setTimes',
  'setMode',
  'makeSymlink',
  'available',
];

/** A storage that works until it is broken; then every method does what `fault` does. */
export class FaultyStorage extends MemoryFileSystem {
  breakDown(fault: () => unknown): void {
    for (const method of METHODS) Object.defineProperty(this, method, { value: fault });
  }
}

function fail(): never {
  throw new Error(SECRET);
}

async function failLater(): Promise<never> {
  await new Promise(setImmediate);
  return fail();
}

/** What is right at first: a status, an open file, a listing, all in one; and whatever is done with it fails. */
function promising(type: 'file' | 'directory', failing: () => unknown): object {
  return {
    type,
    size: 10,
    start: 0,
    modifiedMs: 0,
    read: failing,
    write: failing,
    commit: failing,
    abandon: failing,
    close: failing,
    [Symbol.asyncDispose]: failing,
    async *[Symbol.asyncIterator]() {
      yield [{ name: 'first', type: 'file', status: { type: 'file', size: 0, modifiedMs: 0 } }];
      await failing();
    },
  };
}

/** Works once, and not again: the fault comes when the command is under way. */
function failingOnce(): () => Promise<number> {
  let calls = 0;
  return async () => (calls++ === 0 ? 1 : failLater());
}

/** Settles twice, and differently, as a careless wrapper around callbacks does. */
function settlingTwice(): PromiseLike<unknown> {
  return {
    // biome-ignore lint/suspicious/noThenProperty: to be one is what it is for
    then(fulfilled, rejected) {
      rejected?.(new Error(SECRET));
      fulfilled?.(promising('file', fail) as never);
      setImmediate(() => rejected?.(new Error(SECRET)));
      throw new Error(SECRET);
    },
  };
}

/** What a storage can do wrong, by a name for it. */
export const FAULTS: Record<string, () => unknown> = {
  'throws at once': fail,
  'rejects later': failLater,
  'throws text': () => {
    throw SECRET;
  },
  'throws nothing at all': () => {
    throw undefined;
  },
  'throws what cannot be made text': () => {
    throw Object.create(null);
  },
  'rejects with what cannot be made text': async () => {
    throw { toString: fail, message: SECRET };
  },
  'throws an error of a system call': () => {
    throw Object.assign(new Error(`ENOENT: no such file, open '/srv/${SECRET}'`), { code: 'ENOENT', errno: -2 });
  },
  'throws what looks like a reply': () => {
    throw { code: 226, lines: [SECRET], reply: { code: 226, lines: [SECRET] } };
  },
  'settles twice': settlingTwice,
  'returns files that fail late': () => promising('file', failingOnce()),
  'fulfils with directories that fail late': async () => promising('directory', failingOnce()),
  'returns undefined': () => undefined,
  'fulfils with undefined': async () => undefined,
  'returns null': () => null,
  'returns a number': () => 42,
  'returns text': () => SECRET,
  'returns an empty object': () => ({}),
  'fulfils with an empty object': async () => ({}),
  'returns files that throw': () => promising('file', fail),
  'fulfils with files that reject later': async () => promising('file', failLater),
  'fulfils with directories that reject later': async () => promising('directory', failLater),
  'returns directories that throw': () => promising('directory', fail),
};
