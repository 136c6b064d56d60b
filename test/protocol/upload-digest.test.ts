import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { FtpServer } from '../../src/index.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import type { FileSystem, ReadableFile } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { changedStorage } from '../support/changed-storage.ts';
import type { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { everybody, loggedIn, startTestServer } from '../support/test-server.ts';
import { text } from './commands/served.ts';

const CONTENT = Buffer.from('The quick brown fox jumps over the lazy dog\n'.repeat(10_000));

const STORAGES: readonly { where: string; make: () => Promise<FileSystem> }[] = [
  { where: 'in memory', make: async () => new MemoryFileSystem() },
  {
    where: 'on a disk',
    make: async () => {
      const disk = new DiskFileSystem({ root: await temporaryDirectory() });
      onTestFinished(() => disk.close());
      return disk;
    },
  },
];

/** The same storage, counting the octets that are read from its files. */
function counted(storage: FileSystem): { storage: FileSystem; octetsRead: () => number } {
  let octetsRead = 0;
  const read: FileSystem['read'] = async (path, options) => {
    const file = await storage.read(path, options);
    const counting: ReadableFile = {
      size: file.size,
      close: () => file.close(),
      [Symbol.asyncDispose]: () => file.close(),
      read: async (buffer) => {
        const octets = await file.read(buffer);
        octetsRead += octets;
        return octets;
      },
    };
    return counting;
  };
  return { storage: changedStorage(storage, { read }), octetsRead: () => octetsRead };
}

const sha256 = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex');

describe.each(STORAGES)('the digest of a file $where that the client has just uploaded', ({ make }) => {
  let storage: FileSystem;
  let octetsRead: () => number;
  let server: FtpServer;
  let client: ControlClient;

  beforeEach(async () => {
    storage = await make();
    const counting = counted(storage);
    octetsRead = counting.octetsRead;
    server = await startTestServer({ fileSystem: counting.storage });
    client = await comparing();
  });

  /** A client that has asked for the digest of a file before. */
  async function comparing(): Promise<ControlClient> {
    const newcomer = await loggedIn(server);
    await newcomer.command('TYPE I');
    await put(newcomer, 'STOR before', 'x');
    expect(text(await newcomer.command('HASH before'))).toBe(`213 SHA-256 0-0 ${sha256('x')} before`);
    return newcomer;
  }

  async function put(by: ControlClient, line: string, content: Uint8Array | string): Promise<string> {
    const { last } = await by.upload(line, content);
    expect(last.code).toBe(226);
    return text(last);
  }

  /** Asks, and expects the digest of what is there. @returns octets that were read for it. */
  async function readFor(expected: Uint8Array | string, by = client): Promise<number> {
    const before = octetsRead();
    const answer = text(await by.command('HASH file'));
    expect(answer).toBe(`213 SHA-256 0-${expected.length - 1} ${sha256(expected)} file`);
    return octetsRead() - before;
  }

  test('is answered without reading it again, as often as it is asked for', async () => {
    await put(client, 'STOR file', CONTENT);
    expect(await readFor(CONTENT)).toBe(0);
    expect(await readFor(CONTENT)).toBe(0);
  });

  test('is that of the latest upload', async () => {
    await put(client, 'STOR file', CONTENT);
    await put(client, 'STOR file', 'new');
    expect(await readFor('new')).toBe(0);
    await put(client, 'STOR other', 'other');
    expect(await readFor('new')).toBe(3);
  });

  test('is read for a client that has not asked for any before', async () => {
    const newcomer = await loggedIn(server);
    await newcomer.command('TYPE I');
    await put(newcomer, 'STOR file', CONTENT);
    expect(await readFor(CONTENT, newcomer)).toBe(CONTENT.length);
  });

  test('is read for another client', async () => {
    const other = await comparing();
    await put(client, 'STOR file', CONTENT);
    expect(await readFor(CONTENT, other)).toBe(CONTENT.length);
  });

  test.each([
    ['XCRC', crc32(CONTENT).toString(16).padStart(8, '0')],
    ...[
      ['XMD5', 'md5'],
      ['XSHA', 'sha1'],
      ['XSHA256', 'sha256'],
      ['XSHA512', 'sha512'],
    ].map(([verb, algorithm]) => [verb, createHash(algorithm!).update(CONTENT).digest('hex')]),
  ] as [string, string][])('is made by the algorithm that the client has asked for last: %s', async (verb, digest) => {
    await client.command(`${verb} before`);
    await put(client, 'STOR file', CONTENT);
    const before = octetsRead();
    expect(text(await client.command(`${verb} file`))).toBe(`250 ${digest.toUpperCase()}`);
    expect(octetsRead()).toBe(before);
  });

  test('is read by another algorithm', async () => {
    await put(client, 'STOR file', CONTENT);
    const before = octetsRead();
    const md5 = createHash('md5').update(CONTENT).digest('hex');
    expect(text(await client.command('XMD5 file'))).toBe(`250 ${md5.toUpperCase()}`);
    expect(octetsRead() - before).toBe(CONTENT.length);
  });

  test('is read where only a part is asked for', async () => {
    await put(client, 'STOR file', CONTENT);
    await client.command('RANG 4 8');
    const before = octetsRead();
    expect(text(await client.command('HASH file'))).toContain(` 4-8 ${sha256(CONTENT.subarray(4, 9))} `);
    expect(octetsRead() - before).toBe(5);
    expect(await readFor(CONTENT)).toBe(0);
  });

  test('is that of nothing for an empty file', async () => {
    await put(client, 'STOR file', '');
    expect(text(await client.command('HASH file'))).toBe(`213 SHA-256 0-0 ${sha256('')} file`);
  });

  test('is read when another client has appended since', async () => {
    await put(client, 'STOR file', CONTENT);
    const other = await loggedIn(server);
    await other.command('TYPE I');
    await put(other, 'APPE file', 'more');
    expect(await readFor(Buffer.concat([CONTENT, Buffer.from('more')]))).toBe(CONTENT.length + 4);
  });

  test('is read when the file has other octets since, and as many', async () => {
    await put(client, 'STOR file', 'old');
    const { modifiedMs } = await storage.stat('/file');
    await using change = await storage.write('/file', { mode: 'resume', at: 0 });
    await change.write(Buffer.from('new'));
    await change.commit();
    await storage.setTimes?.('/file', { modifiedMs: modifiedMs + 1 });
    expect(await readFor('new')).toBe(3);
  });

  test('is read when another file has been renamed to its name since, also one as large and as old', async () => {
    await put(client, 'STOR other', 'new');
    await put(client, 'STOR file', 'old');
    const { modifiedMs } = await storage.stat('/file');
    await storage.setTimes?.('/other', { modifiedMs });
    expect(await client.code('RNFR other')).toBe(350);
    expect(await client.code('RNTO file')).toBe(250);
    expect(await readFor('new')).toBe(3);
  });

  test('is told of the name under which it was stored, and read under another one', async () => {
    await put(client, 'STOR other', CONTENT);
    await client.command('RNFR other');
    await client.command('RNTO file');
    expect(await readFor(CONTENT)).toBe(CONTENT.length);
  });

  test('is refused when the file is gone', async () => {
    await put(client, 'STOR file', CONTENT);
    expect(await client.code('DELE file')).toBe(250);
    expect(await client.code('HASH file')).toBe(550);
  });

  test('is read after APPE, of which nobody knows what came first', async () => {
    await put(client, 'APPE file', 'appended');
    expect(await readFor('appended')).toBe(8);
    await put(client, 'APPE file', ' more');
    expect(await readFor('appended more')).toBe(13);
  });

  test('is read after REST, of which only the end has come', async () => {
    await put(client, 'STOR file', 'begun');
    await client.command('REST 3');
    await put(client, 'STOR file', 'an again');
    expect(await readFor('began again')).toBe(11);
  });

  test('is read after a transfer that broke', async () => {
    const data = await client.passive();
    expect(await client.code('STOR file')).toBe(150);
    data.socket.write('part', () => data.socket.resetAndDestroy());
    expect((await client.reply()).code).toBe(426);
    await client.command('HASH file');
    await put(client, 'STOR file', 'part');
    expect(await readFor('part')).toBe(0);
  });

  test('is that of what is stored, for lines in TYPE A', async () => {
    await client.command('TYPE A');
    await put(client, 'STOR file', 'one\r\ntwo\r\n');
    await client.command('TYPE I');
    expect(await readFor('one\ntwo\n')).toBe(0);
  });

  test('is there for a file that the server has named (STOU)', async () => {
    const closing = await put(client, 'STOU file', CONTENT);
    expect(closing).toContain('stored as file');
    expect(await readFor(CONTENT)).toBe(0);
  });

  test('is forgotten after REIN, and so is that the client asks for digests', async () => {
    await put(client, 'STOR file', CONTENT);
    expect(await client.code('REIN')).toBe(220);
    await client.command('USER tester');
    expect(await client.code('PASS secret')).toBe(230);
    await client.command('TYPE I');
    expect(await readFor(CONTENT)).toBe(CONTENT.length);
    expect(await client.code('REIN')).toBe(220);
    await client.command('USER tester');
    expect(await client.code('PASS secret')).toBe(230);
    await client.command('TYPE I');
    await put(client, 'STOR file', 'new');
    expect(await readFor('new')).toBe(3);
  });
});

test('the digest of an upload that is held back by a rate is made while it comes as well', async () => {
  const { storage, octetsRead } = counted(new MemoryFileSystem());
  const authenticator: typeof everybody = {
    authenticate: async (...asked) => {
      const account = await everybody.authenticate(...asked);
      return account && { ...account, maxBytesPerSecond: 1e9 };
    },
  };
  const client = await loggedIn(await startTestServer({ fileSystem: storage, authenticator }));
  expect(await readForSecondUpload(client, octetsRead)).toBe(0);
});

/** Has two uploads compared. @returns octets that were read for the second one. */
async function readForSecondUpload(client: ControlClient, octetsRead: () => number): Promise<number> {
  await client.command('TYPE I');
  await client.upload('STOR file', 'old');
  await client.command('HASH file');
  await client.upload('STOR file', CONTENT);
  const before = octetsRead();
  expect(text(await client.command('HASH file'))).toContain(sha256(CONTENT));
  return octetsRead() - before;
}

test('a file that another one has replaced as soon as it was there is read', async () => {
  const { storage, octetsRead } = counted(new MemoryFileSystem());
  let replaceBy: string | undefined;
  const write: FileSystem['write'] = async (path, how) => {
    const upload = await storage.write(path, how);
    const commit = async () => {
      await upload.commit();
      if (replaceBy === undefined) return;
      const replacement = await storage.write(path, { mode: 'replace' });
      await replacement.write(Buffer.from(replaceBy));
      await replacement.commit();
    };
    return {
      start: upload.start,
      write: (chunk) => upload.write(chunk),
      commit,
      abandon: () => upload.abandon(),
      [Symbol.asyncDispose]: () => upload.abandon(),
    };
  };
  const client = await loggedIn(await startTestServer({ fileSystem: changedStorage(storage, { write }) }));
  await client.command('TYPE I');
  await client.upload('STOR file', 'old');
  await client.command('HASH file');
  replaceBy = "somebody else's";
  await client.upload('STOR file', CONTENT);
  const before = octetsRead();
  expect(text(await client.command('HASH file'))).toContain(sha256(replaceBy));
  expect(octetsRead() - before).toBe(replaceBy.length);
});

test('a storage that does not tell its files apart has them read', async () => {
  const { storage, octetsRead } = counted(new MemoryFileSystem());
  const stat: FileSystem['stat'] = async (path, options) => {
    const { id: _, ...status } = await storage.stat(path, options);
    return status;
  };
  const client = await loggedIn(await startTestServer({ fileSystem: changedStorage(storage, { stat }) }));
  expect(await readForSecondUpload(client, octetsRead)).toBe(CONTENT.length);
});
