import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'basic-ftp';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createFtpServer,
  type FileSystem,
  type FtpServer,
  type FtpServerEvents,
  type FtpServerOptions,
  hashPassword,
  MemoryFileSystem,
  OptionsError,
  StorageError,
} from '../src/index.ts';
import { ControlClient } from './support/control-client.ts';
import { greeted, loggedIn, startTestServer } from './support/test-server.ts';

const EVENTS = ['login', 'loginFailed', 'upload', 'download', 'rename', 'delete', 'disconnect'] as const;

function failOfTheLog(): never {
  throw new Error('of the log');
}

type Event = FtpServerEvents[keyof FtpServerEvents][0];

/** Collects the events of a server in their order. */
function eventsOf(server: FtpServer): Event[] {
  const events: Event[] = [];
  for (const type of EVENTS) server.on(type, (event: Event) => void events.push(event));
  return events;
}

describe('the events of a server', () => {
  test('tell what clients did, and who it was', async () => {
    const server = await startTestServer({ fileSystem: new MemoryFileSystem({ files: { '/old': 'content' } }) });
    const events = eventsOf(server);
    const client = await loggedIn(server);
    await client.command('TYPE I');
    await client.upload('STOR new', '12345');
    await client.command('REST 3');
    await client.upload('STOR new', '6');
    await client.download('RETR old');
    await client.command('RNFR old');
    await client.command('RNTO older');
    await client.command('DELE older');
    await client.command('MKD dir');
    await client.command('RMD dir');
    await client.command('SITE COPY new copy');
    const gone = once(server, 'disconnect');
    await client.command('QUIT');
    client.socket.end();
    await gone;
    const session = { id: expect.stringMatching(/^\S+$/), address: '127.0.0.1', user: 'tester' };
    const durationMs = expect.any(Number);
    expect(events).toEqual([
      { type: 'login', user: 'tester', session },
      { type: 'upload', path: '/new', bytes: 5, durationMs, session },
      { type: 'upload', path: '/new', bytes: 1, durationMs, session },
      { type: 'download', path: '/old', bytes: 7, durationMs, session },
      { type: 'rename', from: '/old', to: '/older', session },
      { type: 'delete', path: '/older', session },
      { type: 'delete', path: '/dir', session },
      { type: 'upload', path: '/copy', bytes: 4, durationMs, session },
      { type: 'disconnect', reason: 'quit', session },
    ]);
    expect(new Set(events.map((event) => event.session.id)).size).toBe(1);
  });

  test('tell of failed logins, with the name that was tried', async () => {
    const server = await startTestServer({ logins: { failureDelayMs: 0 } });
    const events = eventsOf(server);
    const client = await greeted(server);
    await client.command('USER mallory');
    await client.command('PASS wrong');
    expect(events).toEqual([
      { type: 'loginFailed', user: 'mallory', session: { id: expect.any(String), address: '127.0.0.1' } },
    ]);
  });

  test('do not tell of what was refused or broke', async () => {
    const server = await startTestServer({ fileSystem: new MemoryFileSystem({ files: { '/file': 'x' } }) });
    const client = await loggedIn(server);
    const events = eventsOf(server);
    await client.command('DELE nowhere');
    await client.command('RNFR nowhere');
    await client.download('RETR nowhere');
    await client.upload('STOR nowhere/file', 'x');
    const data = await client.passive();
    await client.command('STOR file');
    data.socket.resetAndDestroy();
    expect((await client.reply()).code).toBe(426);
    expect(events).toEqual([]);
  });

  test('come before the reply that tells the client', async () => {
    const server = await startTestServer();
    const events = eventsOf(server);
    const client = await loggedIn(server);
    await client.upload('STOR file', 'x');
    expect(events.map(({ type }) => type)).toEqual(['login', 'upload']);
  });

  test('say why a session ended', async () => {
    const server = await startTestServer({ timeouts: { loginMs: 30 } });
    const reasonOf = async (leave: (client: ControlClient) => unknown) => {
      const gone = once(server, 'disconnect') as Promise<FtpServerEvents['disconnect']>;
      const client = await greeted(server);
      await leave(client);
      const [{ reason }] = await gone;
      return reason;
    };
    expect(await reasonOf((client) => client.socket.end())).toBe('client closed');
    expect(await reasonOf((client) => client.socket.resetAndDestroy())).toBe('connection lost');
    expect(await reasonOf((client) => client.reply().then(() => client.socket.end()))).toBe('timeout');
  });

  test('surface as uncaught in the program when a listener throws, and harm no session', async () => {
    const program = `
      import { Client } from 'basic-ftp';
      import { createFtpServer, MemoryFileSystem } from 'ohai-ftpd';
      process.on('uncaughtException', ({ message }) => console.log('uncaught:', message));
      const server = createFtpServer({ fileSystem: new MemoryFileSystem(), anonymous: 'read-only' });
      server.on('login', () => { throw new Error('of the listener'); });
      const { address, port } = await server.listen({ port: 0 });
      const client = new Client();
      await client.access({ host: address, port });
      console.log(await client.pwd());
      client.close();
      await server.close({ graceMs: 0 });
    `;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    expect((await run).stdout).toBe('uncaught: of the listener\n/\n');
  });
});

describe('a log of the program', () => {
  test.each<[string, () => void]>([
    ['throws', () => failOfTheLog()],
    ['rejects', async () => failOfTheLog()],
  ])('that %s harms no session, and the server still ends', async (_how, write) => {
    const storage = new MemoryFileSystem({ files: { '/file': 'content' } });
    const server = await startTestServer({
      log: { debug: write, info: write, warn: write, error: write },
      logins: { failureDelayMs: 0 },
      fileSystem: Object.assign(storage, { removeFile: () => Promise.reject(new Error('a fault to be logged')) }),
    });
    const client = await greeted(server);
    await client.command('USER tester');
    expect(await client.code('PASS wrong')).toBe(530);
    await client.command('USER tester');
    expect(await client.code('PASS secret')).toBe(230);
    expect(await client.code('DELE file')).toBe(451);
    expect((await client.download('RETR file')).octets.toString()).toBe('content');
    const gone = once(server, 'disconnect');
    expect(await client.code('QUIT')).toBe(221);
    client.socket.end();
    await gone;
    await server.close();
    expect(server.stats().connected).toBe(0);
  });

  test('that throws does not lock users out when the password file breaks', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ohai-ftpd-test-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const passwordFile = join(directory, 'accounts');
    await writeFile(passwordFile, `alice:${await hashPassword('secret')}\n`);
    const write = failOfTheLog;
    await using server = createFtpServer({
      fileSystem: new MemoryFileSystem(),
      passwordFile,
      log: { debug: write, info: write, warn: write, error: write },
    });
    await server.listen({ port: 0 });
    await writeFile(passwordFile, 'no account at all\n');
    const client = await ControlClient.login(server.address, 'alice', 'secret');
    client.close();
  });
});

describe('who may log in', () => {
  test('can be decided by accounts with passwords, each with its home and its permissions', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/alice/file': 'x', '/public': '' } });
    const server = createFtpServer({
      fileSystem,
      accounts: [
        { name: 'alice', password: 'for alice', home: '/alice', permissions: 'read-write' },
        { name: 'bob', password: 'for bob' },
      ],
      logins: { failureDelayMs: 0 },
    });
    await using _closed = server;
    await server.listen({ port: 0 });
    const alice = await ControlClient.login(server.address, 'alice', 'for alice');
    expect(await alice.code('DELE file')).toBe(250);
    const bob = await ControlClient.login(server.address, 'bob', 'for bob');
    expect(await bob.code('DELE public')).toBe(550);
    await expect(ControlClient.login(server.address, 'bob', 'for alice')).rejects.toThrow('530');
    await expect(ControlClient.login(server.address, 'anonymous', '')).rejects.toThrow('530');
    for (const client of [alice, bob]) client.socket.end();
  });

  test('is nobody unless the options say who', async () => {
    await using server = createFtpServer({ fileSystem: new MemoryFileSystem(), logins: { failureDelayMs: 0 } });
    await server.listen({ port: 0 });
    await expect(ControlClient.login(server.address, 'anonymous', '')).rejects.toThrow('530');
  });

  test('can be decided by an authenticator of the program', async () => {
    const asked: unknown[] = [];
    const server = await startTestServer({
      authenticator: {
        async authenticate(credentials, client) {
          asked.push(credentials, client);
          return { name: 'known', home: '/', permissions: ['list'] };
        },
      },
    });
    const client = await loggedIn(server);
    expect(asked).toEqual([{ user: 'tester', password: 'secret' }, { address: '127.0.0.1' }]);
    expect(await client.code('MKD dir')).toBe(550);
  });
});

describe('a storage of the program', () => {
  test('needs eight functions; what else a command wants is answered 504', async () => {
    const snapshot = () => new MemoryFileSystem({ files: { '/time.txt': 'now\n' } });
    const refuse = () => Promise.reject(new StorageError('read-only'));
    const clock: FileSystem = {
      stat: (path) => snapshot().stat(path),
      list: (path, options) => snapshot().list(path, options),
      read: (path, options) => snapshot().read(path, options),
      write: refuse,
      makeDirectory: refuse,
      removeDirectory: refuse,
      removeFile: refuse,
      rename: refuse,
    };
    const client = await loggedIn(await startTestServer({ fileSystem: clock }));
    await client.command('TYPE I');
    expect((await client.download('RETR time.txt')).octets.toString()).toBe('now\n');
    expect((await client.download('NLST')).octets.toString()).toBe('time.txt\r\n');
    expect((await client.command('DELE time.txt')).lines).toEqual(['550 Storage is read-only.']);
    expect((await client.upload('STOR time.txt', 'x')).last.code).toBe(550);
    for (const line of ['AVBL', 'SITE CHMOD 644 time.txt', 'MFMT 20200101000000 time.txt']) {
      expect(await client.code(line), line).toBe(504);
    }
  });
});

describe('options that are wrong', () => {
  test.each<[string, unknown, string]>([
    ['no root', {}, 'root is missing'],
    ['an unknown one', { root: '.', prot: 21 }, 'unknown option prot'],
    ['a number as text', { root: '.', timeouts: { idleMs: '5' } }, 'timeouts.idleMs must be'],
    ['an account without a name', { root: '.', accounts: [{ name: '', password: 'x' }] }, 'accounts[0].name'],
    [
      'an account with a wrong home',
      { root: '.', accounts: [{ name: 'a', password: 'x', home: 'b' }] },
      'accounts[0].home',
    ],
    ['an account without a password', { root: '.', accounts: [{ name: 'a' }] }, 'accounts[0].passwordHash'],
  ])('are told at once, in one line that names the option: %s', (_case, options, message) => {
    const make = () => createFtpServer(options as FtpServerOptions);
    expect(make).toThrow(OptionsError);
    expect(make).toThrow(message);
    expect(make).not.toThrow('\n');
  });
});

describe('listen and close', () => {
  test('give the address, and take it away again', async () => {
    const server = createFtpServer({ fileSystem: new MemoryFileSystem() });
    expect(() => server.address).toThrow('does not listen');
    const address = await server.listen({ port: 0 });
    expect(server.address).toEqual(address);
    expect(server.url).toBe(`ftp://127.0.0.1:${address.port}`);
    await server.close();
    expect(() => server.url).toThrow('does not listen');
    await server.close();
  });

  test('may be called in turns', async () => {
    const server = createFtpServer({
      fileSystem: new MemoryFileSystem({ files: { '/kept': '' } }),
      anonymous: 'read-only',
    });
    for (let round = 0; round < 2; round++) {
      await server.listen({ port: 0 });
      const client = await ControlClient.login(server.address, 'anonymous', '');
      expect(await client.code('MDTM kept')).toBe(213);
      client.close();
      await server.close({ graceMs: 0 });
    }
  });

  test('do not listen twice, not even when the first listen is still on its way', async () => {
    const server = createFtpServer({ fileSystem: new MemoryFileSystem() });
    onTestFinished(() => server.close({ graceMs: 0 }));
    const first = server.listen({ port: 0 });
    await expect(server.listen({ port: 0 })).rejects.toThrow('listens already');
    await first;
    await expect(server.listen({ port: 0 })).rejects.toThrow('listens already');
  });

  test('fail with the code of listen(2) when the port is taken; the server can listen elsewhere then', async () => {
    const { address } = await startTestServer();
    const server = createFtpServer({ fileSystem: new MemoryFileSystem() });
    onTestFinished(() => server.close({ graceMs: 0 }));
    await expect(server.listen({ port: address.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(server.listen({ port: 0 })).resolves.toMatchObject({ address: '127.0.0.1' });
  });

  test('leave nothing open at the end of a block with `await using`', async () => {
    let port: number;
    {
      await using server = createFtpServer({ fileSystem: new MemoryFileSystem() });
      ({ port } = await server.listen({ port: 0 }));
    }
    await expect(once(connect(port, '127.0.0.1'), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('keep the old file when an upload is cut off by the end of the server', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-test-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    await writeFile(join(root, 'file'), 'old');
    const server = await startTestServer({ root });
    const client = await loggedIn(server);
    const data = await client.passive();
    await client.command('STOR file');
    await new Promise((written) => data.socket.write('new', written));
    await server.close({ graceMs: 0 });
    expect(await readFile(join(root, 'file'), 'utf8')).toBe('old');
    data.socket.destroy();
  });

  test('count clients', async () => {
    const server = createFtpServer({ fileSystem: new MemoryFileSystem() });
    expect(server.stats()).toEqual({ connected: 0, served: 0 });
    await server.listen({ port: 0 });
    onTestFinished(() => server.close({ graceMs: 0 }));
    const client = await greeted(server);
    expect(server.stats()).toEqual({ connected: 1, served: 0 });
    client.socket.end();
    await expect.poll(() => server.stats()).toEqual({ connected: 0, served: 1 });
  });
});

test('a standard client library works with it', async () => {
  const storage = new MemoryFileSystem();
  await using server = createFtpServer({ fileSystem: storage, anonymous: 'writable' });
  const { address: host, port } = await server.listen({ port: 0 });
  const client = new Client();
  await client.access({ host, port });
  await client.ensureDir('/a/b');
  expect((await client.list('/a')).map(({ name, isDirectory }) => [name, isDirectory])).toEqual([['b', true]]);
  client.close();
});
