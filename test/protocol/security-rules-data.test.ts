import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createFtpServer, type DirectoryEntry, type FileSystem, MemoryFileSystem } from '../../src/index.ts';
import { closeDescriptor } from '../../src/posix/descriptor.ts';
import { posixAvailable } from '../../src/posix/libc.ts';
import { openListeningSocket } from '../../src/posix/listening-socket.ts';
import { localAddress } from '../../src/posix/socket.ts';
import { changedStorage } from '../support/changed-storage.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';
import { servedDirectory, servedFiles } from './commands/served.ts';

/** A port at which the kernel lets the first packet of a connection fall: its queue is full, and nobody accepts. */
async function blackHole(): Promise<number> {
  const fd = openListeningSocket({ host: '127.0.0.1', port: 0, backlog: 0 });
  onTestFinished(() => closeDescriptor(fd));
  const { port } = localAddress(fd);
  const filler = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void filler.destroy());
  await once(filler, 'connect');
  return port;
}

describe.runIf(posixAvailable() && process.platform === 'linux')('S6: an active data connection', () => {
  test('S6: is waited for 15 seconds, and what is said then is what is said of a refused one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { client } = await servedFiles({ '/file': 'content' }, { timeouts: { dataConnectionMs: 3_600_000 } });
    expect(await client.code(`EPRT |1|127.0.0.1|${await blackHole()}|`)).toBe(200);
    expect(await client.code('RETR file')).toBe(150);
    vi.advanceTimersByTime(14_999);
    expect(await client.code('NOOP')).toBe(200);
    vi.advanceTimersByTime(1);
    expect((await client.reply()).lines).toEqual(['425 Cannot open the data connection.']);
  });
});

test('S7: 500 PASV in one session take the place of each other', async () => {
  const { client } = await servedFiles({ '/file': 'content' });
  const descriptors = async () => (await readdir('/proc/self/fd')).length;
  const before = await descriptors();
  for (let asked = 0; asked < 500; asked++) expect(await client.code('PASV')).toBe(227);
  // One is waited at; of those that rest, and of those that are kept for the next one, there are not many.
  expect(await descriptors()).toBeLessThan(before + 80);
  expect((await client.download('RETR file')).octets.toString()).toBe('content');
});

describe('S13: a recursive listing', () => {
  const DEEP = 2_000;

  test('S13: of a tree that is 2,000 directories deep ends at its limit', async () => {
    const path = '/d'.repeat(DEEP);
    const storage = new MemoryFileSystem({ files: { [`${path}/file`]: '' } });
    const client = await loggedIn(await startTestServer({ fileSystem: storage, recursiveListingLimit: 10_000 }));
    const { octets, last } = await client.download('NLST -R');
    expect(last.code).toBe(226);
    expect(octets.toString()).toContain(`.${path}:\r\nfile\r\n`);
    const few = await loggedIn(await startTestServer({ fileSystem: storage, recursiveListingLimit: 50 }));
    expect((await few.download('NLST -R')).octets.toString().split('\r\n\r\n')).toHaveLength(50);
  });

  test('S13: of a tree on the disk that is as deep as a path may be long ends as well', async () => {
    const { client, root } = await servedDirectory({ recursiveListingLimit: 10_000 });
    // Each step takes the length of its name: this gets to PATH_MAX in fewer of them.
    const name = 'd'.repeat(15);
    mkdirSync(join(root, `${name}/`.repeat(Math.floor((4_000 - root.length) / 16))), { recursive: true });
    const { octets, last } = await client.download('NLST -R');
    expect(last.code).toBe(226);
    expect(octets.toString().split('\r\n\r\n').length).toBeGreaterThan(200);
  });

  test.each(['inside', 'follow'] as const)('S13: does not go round in a loop of links (%s)', async (symlinks) => {
    const { client, root } = await servedDirectory({ recursiveListingLimit: 10_000, symlinks });
    mkdirSync(join(root, 'a/b'), { recursive: true });
    await symlink('..', join(root, 'a/b/up'));
    await symlink('loop', join(root, 'loop'));
    const { octets, last } = await client.download('NLST -R');
    expect(last.code).toBe(226);
    expect(octets.toString()).toBe('a\r\nloop\r\n\r\n./a:\r\nb\r\n\r\n./a/b:\r\nup\r\n');
  });
});

describe('S14: a listing without an end', () => {
  /** Lists for as long as it is asked for more. */
  class EndlessDirectory {
    batches = 0;
    ended = false;

    async *entries(): AsyncGenerator<readonly DirectoryEntry[]> {
      try {
        for (;;) {
          this.batches += 1;
          yield Array.from({ length: 100 }, (_, index) => ({
            name: `${'x'.repeat(100)}-${index}`,
            type: 'file' as const,
            status: { type: 'file' as const, size: 0, modifiedMs: 0 },
          }));
          await nextTurn();
        }
      } finally {
        this.ended = true;
      }
    }
  }

  async function served() {
    const directory = new EndlessDirectory();
    const memory = new MemoryFileSystem();
    const list: FileSystem['list'] = () => directory.entries();
    const server = await startTestServer({ fileSystem: changedStorage(memory, { list }) });
    return { server, directory, client: await loggedIn(server) };
  }

  test('S14: is made no faster than it is read', async () => {
    const { directory, client } = await served();
    const data = await client.passive();
    expect(await client.code('MLSD')).toBe(150);
    let before = -1;
    // Until the buffers of the connection are full.
    while (directory.batches > before) {
      before = directory.batches;
      for (let turn = 0; turn < 200; turn++) await nextTurn();
    }
    expect(directory.batches).toBeLessThan(3_000);
    data.socket.destroy();
    expect((await client.reply()).code).toBe(426);
    expect(directory.ended).toBe(true);
  });

  test('S14: leaves other sessions their turn, and ends by ABOR', async () => {
    const { server, directory, client } = await served();
    const other = await loggedIn(server);
    const data = await client.passive();
    expect(await client.code('MLSD')).toBe(150);
    data.socket.resume();
    for (let command = 0; command < 50; command++) expect(await other.code('PWD')).toBe(257);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    expect(directory.ended).toBe(true);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('S14: ends when its client is gone', async () => {
    const { server, directory, client } = await served();
    const data = await client.passive();
    expect(await client.code('MLSD')).toBe(150);
    data.socket.resume();
    const left = once(server, 'disconnect');
    client.socket.resetAndDestroy();
    await left;
    expect(directory.ended).toBe(true);
  });
});

describe('S18: a number', () => {
  const TRICKS = ['-1', '+1', '1e9', '0x10', '0b1', '1.0', '1 ', ' 1', '1_0', '٤', '9007199254740992'];
  const BEYOND = ['9223372036854775808', '18446744073709551616', `1${'0'.repeat(4_000)}`, 'NaN', 'Infinity'];

  test.each(['REST #', 'ALLO #', 'RANG # 5', 'RANG 0 #', 'SITE IDLE #'])(
    'S18: in %s is digits that can be counted with, or the answer is 501',
    async (form) => {
      const { client } = await servedFiles();
      await client.command('TYPE I');
      for (const trick of [...TRICKS, ...BEYOND]) {
        expect(await client.code(form.replace('#', trick)), trick.slice(0, 30)).toBe(501);
      }
      expect(await client.code(form.replace(/ [#0].*/, ''))).toBeLessThan(502);
    },
  );

  test('S18: behind XCRC and its like that cannot be counted with is part of the name, and no octet is read', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    for (const trick of [...TRICKS, ...BEYOND]) {
      expect(await client.code(`XCRC file ${trick} 3`), trick.slice(0, 30)).toBeGreaterThanOrEqual(500);
    }
    expect(await client.code('XCRC file 0 3')).toBe(250);
  });
});

describe('S17: a name', () => {
  const NAMES = [
    '$(touch pwned)',
    '`touch pwned`',
    '; touch pwned #',
    '| touch pwned',
    '&& touch pwned',
    '() { :; }; touch pwned',
    `'"; DROP TABLE files; --`,
    '*)(uid=*))(|(uid=*',
    '%s%n%x',
    '--help',
    '{{constructor.constructor("return process")()}}',
  ];

  test.each(NAMES)('S17: %j is a name and nothing else', async (name) => {
    const { client, root } = await servedDirectory();
    await client.command('TYPE I');
    expect((await client.upload(`STOR ${name}`, 'content')).last.code).toBe(226);
    expect(await readdir(root)).toEqual([name]);
    expect((await client.download('NLST')).octets.toString()).toBe(`${name}\r\n`);
    expect((await client.download(`RETR ${name}`)).octets.toString()).toBe('content');
    expect(await client.code(`RNFR ${name}`)).toBe(350);
    expect(await client.code('RNTO other')).toBe(250);
    expect(await client.code('RNFR other')).toBe(350);
    expect(await client.code(`RNTO ${name}`)).toBe(250);
    expect(await readFile(join(root, name), 'utf8')).toBe('content');
    expect(await client.code(`DELE ${name}`)).toBe(250);
    expect(await readdir(root)).toEqual([]);
  });

  test('S17: of this kind is no user, and none of the anonymous ones', async () => {
    const server = createFtpServer({
      fileSystem: new MemoryFileSystem(),
      accounts: [{ name: 'tester', password: 'secret' }],
      logins: { failureDelayMs: 0, maxAttempts: 1_000 },
      anonymous: 'read-only',
    });
    await server.listen({ port: 0 });
    onTestFinished(() => server.close({ graceMs: 0 }));
    const client = await loggedIn(server);
    for (const name of ['__proto__', 'tester\0', 'tester ', `' OR '1'='1`, '*)(uid=*))(|(uid=*']) {
      expect(await client.code(`USER ${name}`), name).toBe(331);
      expect(await client.code('PASS secret'), name).toBe(530);
    }
  });
});
