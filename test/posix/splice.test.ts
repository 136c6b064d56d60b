import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { descriptorOf } from '../../src/posix/descriptor-of.ts';
import { Pipe, spliceAvailable } from '../../src/posix/splice.ts';
import { connectedPair } from '../support/connected-pair.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const KIB = 1024;

/** A connection that nobody reads from here, and the client's end of it. */
async function connection() {
  const { ours, theirs } = await connectedPair();
  return { fd: descriptorOf(ours), theirs };
}

function pipeOf(octets: number): Pipe {
  const pipe = new Pipe(octets);
  onTestFinished(() => pipe[Symbol.dispose]());
  return pipe;
}

function opened(path: string, flags: number | string): number {
  const fd = openSync(path, flags);
  onTestFinished(() => closeSync(fd));
  return fd;
}

async function fileWith(content: Uint8Array | string): Promise<string> {
  const path = join(await temporaryDirectory(), 'file');
  writeFileSync(path, content);
  return path;
}

/** As takeFrom, when something has come. */
async function taken(pipe: Pipe, fd: number): Promise<number> {
  for (;;) {
    const octets = pipe.takeFrom(fd);
    if (octets !== undefined) return octets;
    await nextTurn();
  }
}

/** A pipe that holds these octets. */
async function pipeWith(text: string): Promise<Pipe> {
  const { fd, theirs } = await connection();
  theirs.write(text);
  const pipe = pipeOf(64 * KIB);
  expect(await taken(pipe, fd)).toBe(text.length);
  return pipe;
}

function rest(pipe: Pipe): string {
  const buffer = Buffer.alloc(KIB);
  return buffer.toString('latin1', 0, readSync(pipe.readEnd, buffer));
}

function pipesOpen(): number {
  const target = (fd: string) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => target(fd).startsWith('pipe:')).length;
}

describe.runIf(spliceAvailable())('a pipe between a connection and a file', () => {
  it('has nothing for the file before something comes, takes that, and tells of the end', async () => {
    const { fd, theirs } = await connection();
    const pipe = pipeOf(64 * KIB);
    const path = await fileWith('');
    const file = opened(path, 'r+');
    expect(pipe.takeFrom(fd)).toBeUndefined();
    expect(pipe.putInto(file, 0, 100)).toBeUndefined();
    theirs.end('octets');
    expect(await taken(pipe, fd)).toBe(6);
    expect(await taken(pipe, fd)).toBe(0);
    expect(pipe.putInto(file, 0, 100)).toBe(6);
    expect(pipe.putInto(file, 6, 100)).toBeUndefined();
    expect(readFileSync(path, 'latin1')).toBe('octets');
  });

  it('puts no more octets than it is told, where it is told, and leaves the position of the file', async () => {
    const pipe = await pipeWith('octets');
    const path = await fileWith('0123456789');
    const file = opened(path, 'r+');
    expect(pipe.putInto(file, 2, 4)).toBe(4);
    expect(readFileSync(path, 'latin1')).toBe('01octe6789');
    expect(pipe.putInto(file, 9, 2)).toBe(2);
    expect(readFileSync(path, 'latin1')).toBe('01octe678ts');
    const start = Buffer.alloc(3);
    readSync(file, start, 0, 3, null);
    expect(start.toString('latin1')).toBe('01o');
  });

  it('puts octets on a thread of the pool as well, for several files at once', async () => {
    const texts = ['one', 'another one', 'and a third'];
    const work = texts.map(async (text) => {
      const pipe = await pipeWith(text);
      const path = await fileWith('');
      return { pipe, path, file: opened(path, 'r+'), text };
    });
    const all = await Promise.all(work);
    expect(await Promise.all(all.map(({ pipe, file }) => pipe.putIntoOnPool(file, 3, 100)))).toEqual([3, 11, 11]);
    for (const { path, text } of all) expect(readFileSync(path, 'latin1')).toBe(`\0\0\0${text}`);
    expect(await all[0]!.pipe.putIntoOnPool(all[0]!.file, 0, 100)).toBeUndefined();
  });

  it('reaches offsets beyond 4 GiB', async () => {
    const pipe = await pipeWith('far');
    const path = await fileWith('');
    const file = opened(path, 'r+');
    expect(pipe.putInto(file, 5 * 2 ** 30, 3)).toBe(3);
    const there = Buffer.alloc(4);
    expect(readSync(file, there, 0, 4, 5 * 2 ** 30)).toBe(3);
    expect(there.toString('latin1', 0, 3)).toBe('far');
  });

  it('takes nothing when it is full, and goes on when it has been emptied', async () => {
    const content = randomBytes(1024 * KIB);
    const { fd, theirs } = await connection();
    theirs.end(content);
    const pipe = pipeOf(64 * KIB);
    const path = await fileWith('');
    const file = opened(path, 'r+');
    for (let at = 0; at < content.length; ) {
      let inPipe = 0;
      // What fits is counted in pages, or in larger pieces that the network card has made of them.
      for (let more = await taken(pipe, fd); more; more = pipe.takeFrom(fd) ?? 0) {
        expect(more).toBeLessThanOrEqual(64 * KIB);
        inPipe += more;
      }
      expect(inPipe).toBeLessThan(content.length);
      for (let left = inPipe; left > 0; ) {
        const put = pipe.putInto(file, at, left)!;
        at += put;
        left -= put;
      }
    }
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it.each([
    { why: 'is open to append', flags: constants.O_WRONLY | constants.O_APPEND, code: 'EINVAL' },
    { why: 'is open to be read', flags: constants.O_RDONLY, code: 'EBADF' },
  ])('fails with $code where the file $why, and keeps what it holds', async ({ flags, code }) => {
    const pipe = await pipeWith('octets');
    const file = opened(await fileWith(''), flags);
    expect(() => pipe.putInto(file, 0, 6)).toThrow(expect.objectContaining({ code, syscall: 'splice' }));
    await expect(pipe.putIntoOnPool(file, 0, 6)).rejects.toMatchObject({ code, syscall: 'splice' });
    expect(rest(pipe)).toBe('octets');
  });

  it('fails with EFBIG beyond what the file system can have', async () => {
    const pipe = await pipeWith('octets');
    const file = opened(await fileWith(''), 'r+');
    expect(() => pipe.putInto(file, Number.MAX_SAFE_INTEGER, 6)).toThrow(expect.objectContaining({ code: 'EFBIG' }));
    expect(rest(pipe)).toBe('octets');
  });

  it('fails with ECONNRESET when the client resets, and with EBADF for what is not open', async () => {
    const { fd, theirs } = await connection();
    const pipe = pipeOf(64 * KIB);
    theirs.resetAndDestroy();
    await expect(taken(pipe, fd)).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'splice' });
    expect(() => pipe.takeFrom(0x7fffff)).toThrow(expect.objectContaining({ code: 'EBADF', syscall: 'splice' }));
  });

  it('closes both of its ends, also where it does not come to be', () => {
    const before = pipesOpen();
    const pipe = new Pipe(64 * KIB);
    expect(pipesOpen()).toBe(before + 2);
    pipe[Symbol.dispose]();
    expect(pipesOpen()).toBe(before);
    expect(() => new Pipe(-1)).toThrow(expect.objectContaining({ name: 'PosixError', syscall: 'fcntl' }));
    expect(pipesOpen()).toBe(before);
  });
});
