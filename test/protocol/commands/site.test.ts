import { lstat, mkdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PERMISSIONS } from '../../../src/accounts/account.ts';
import type { FtpServerOptions } from '../../../src/index.ts';
import { greeted, loggedIn, startTestServer } from '../../support/test-server.ts';
import { everybodyIs, servedDirectory, servedFiles, text } from './served.ts';

describe('SITE', () => {
  test.each(['SITE NONSENSE', 'SITE  HELP', 'SITE 5', 'SITE CHMOD5 x'])('%s is answered 501', async (line) => {
    const { client } = await servedFiles();
    expect(await client.code(line)).toBe(501);
  });

  test('takes its subcommands in any case', async () => {
    const { client } = await servedFiles();
    expect(await client.code('site umask')).toBe(200);
  });

  test('HELP lists them, to strangers as well; FEAT does, too', async () => {
    const stranger = await greeted(await startTestServer());
    const { code, lines } = await stranger.command('SITE HELP');
    expect(code).toBe(214);
    const listed = lines.slice(1, -1).flatMap((line) => line.trim().split(/ +/));
    expect(listed).toEqual('HELP CHMOD UTIME UMASK IDLE WHO KICK SYMLINK MKDIR RMDIR COPY'.split(' '));
    expect((await stranger.command('FEAT')).lines).toContain(' SITE CHMOD');
  });
});

describe('SITE CHMOD', () => {
  test('sets the mode', async () => {
    const { client, storage } = await servedFiles({ '/with space': '' });
    expect(await client.code('SITE CHMOD 0640 with space')).toBe(200);
    expect((await storage.stat('/with space')).mode).toBe(0o640);
    expect(await client.code('SITE CHMOD 755 with space')).toBe(200);
    expect((await storage.stat('/with space')).mode).toBe(0o755);
  });

  test.each([
    ['644', 501],
    ['999 file', 501],
    ['u+x file', 501],
    ['64 file', 501],
    ['644 nowhere', 550],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await servedFiles({ '/file': '' });
    expect(await client.code(`SITE CHMOD ${argument}`)).toBe(code);
  });

  test('works on the disk', async () => {
    const { client, root } = await servedDirectory();
    await writeFile(join(root, 'file'), '');
    expect(await client.code('SITE CHMOD 600 file')).toBe(200);
    expect((await stat(join(root, 'file'))).mode & 0o7777).toBe(0o600);
  });
});

describe('SITE UTIME', () => {
  test.each([
    ['20010203040506 with space', Date.UTC(2001, 1, 3, 4, 5, 6)],
    ['200102030405 with space', Date.UTC(2001, 1, 3, 4, 5)],
    ['with space 20200101000000 20010203040506 20200101000000 UTC', Date.UTC(2001, 1, 3, 4, 5, 6)],
  ])('%s sets the time', async (argument, time) => {
    const { client, storage } = await servedFiles({ '/with space': '' });
    expect(await client.code(`SITE UTIME ${argument}`)).toBe(200);
    expect((await storage.stat('/with space')).modifiedMs).toBe(time);
  });

  test.each([
    ['file', 501],
    ['20010203 file', 501],
    ['20011303040506 file', 501],
    ['20010203040506 nowhere', 550],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await servedFiles({ '/file': '' });
    expect(await client.code(`SITE UTIME ${argument}`)).toBe(code);
  });
});

describe('SITE UMASK', () => {
  test('tells and sets the bits that new files do not get', async () => {
    const { client, root } = await servedDirectory();
    expect(text(await client.command('SITE UMASK'))).toBe('200 UMASK is that of the server.');
    expect(await client.code('SITE UMASK 077')).toBe(200);
    expect(text(await client.command('SITE UMASK'))).toBe('200 UMASK is 077.');
    await client.upload('STOR file', 'x');
    await client.command('MKD dir');
    expect((await stat(join(root, 'file'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(root, 'dir'))).mode & 0o777).toBe(0o700);
  });

  test('S20: never gives an uploaded file the bit that makes it a program', async () => {
    const { client, storage } = await servedFiles();
    await client.command('SITE UMASK 000');
    await client.upload('STOR file', 'x');
    expect((await storage.stat('/file')).mode).toBe(0o666);
  });

  test.each(['8', '0777777', 'x', '-1', '1777'])('%s is answered 501', async (argument) => {
    const { client } = await servedFiles();
    expect(await client.code(`SITE UMASK ${argument}`)).toBe(501);
  });
});

describe('SITE IDLE', () => {
  test('tells and sets the idle timeout, within limits', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('SITE IDLE'))).toBe('200 Idle timeout is 300 seconds.');
    expect(await client.code('SITE IDLE 600')).toBe(200);
    expect(text(await client.command('SITE IDLE'))).toBe('200 Idle timeout is 600 seconds.');
    for (const argument of ['9', '7201', '0', '-1', 'x', '1e3', '99999999']) {
      expect(await client.code(`SITE IDLE ${argument}`), argument).toBe(501);
    }
  });
});

describe('SITE WHO', () => {
  test('shows a client its own session and no other', async () => {
    const { server, client } = await servedFiles();
    await loggedIn(server);
    const { code, lines } = await client.command('SITE WHO');
    expect(code).toBe(211);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ \S+ tester 127\.0\.0\.1 idle for 0 s \(process \d+\)$/);
  });

  test('shows an administrator every session, and what it does', async () => {
    const { server, client } = await servedFiles(
      { '/file': Buffer.alloc(50_000_000) },
      {
        authenticator: {
          authenticate: async ({ user }) => ({
            name: user,
            home: '/',
            permissions: PERMISSIONS,
            administrator: user === 'tester',
          }),
        },
      },
    );
    const stranger = await greeted(server);
    const other = await greeted(server);
    await other.command('USER bob');
    await other.command('PASS x');
    await other.command('TYPE I');
    const data = await other.passive();
    await other.command('RETR file');
    const shown = (await client.command('SITE WHO')).lines.slice(1, -1);
    expect(shown).toHaveLength(3);
    expect(shown[0]).toMatch(/ tester 127/);
    expect(shown[1]).toMatch(/ \(not logged in\) 127/);
    expect(shown[2]).toMatch(/ bob 127\.0\.0\.1 RETR \/file: \d+ of 50000000 bytes in 0 s \(process \d+\)$/);
    data.socket.destroy();
    stranger.close();
  });
});

describe('SITE KICK', () => {
  const administrators: FtpServerOptions['authenticator'] = {
    authenticate: async ({ user }) => ({
      name: user,
      home: '/',
      permissions: PERMISSIONS,
      administrator: user === 'tester',
    }),
  };

  test('ends a session that SITE WHO has listed, with 421', async () => {
    const { server, client } = await servedFiles({}, { authenticator: administrators });
    const other = await greeted(server);
    const line = (await client.command('SITE WHO')).lines.find((each) => each.includes('(not logged in)'));
    const id = line!.trim().split(' ')[0];
    expect(await client.code(`SITE KICK ${id}`)).toBe(200);
    expect((await other.reply()).lines).toEqual(['421 The administrator has ended this session.']);
    other.socket.end();
    await other.closed();
    expect(await client.code(`SITE KICK ${id}`)).toBe(550);
    expect(await client.code('SITE KICK')).toBe(501);
  });

  test('S10: is refused to everybody else', async () => {
    const { client } = await servedFiles();
    expect(await client.code('SITE KICK 0-1')).toBe(550);
    expect(await client.code('NOOP')).toBe(200);
  });
});

describe('SITE SYMLINK', () => {
  test('S9: makes a link that stays inside of the root wherever that is', async () => {
    const { client, root } = await servedDirectory();
    await mkdir(join(root, 'dir'));
    await writeFile(join(root, 'dir', 'file'), 'x');
    expect(await client.code('SITE SYMLINK /dir/file link')).toBe(200);
    expect(await readlink(join(root, 'link'))).toBe('dir/file');
    expect(await readFile(join(root, 'link'), 'utf8')).toBe('x');
    await client.command('CWD dir');
    expect(await client.code('SITE SYMLINK "../dir/file" "a link"')).toBe(200);
    expect((await client.download('RETR a link')).octets.toString()).toBe('x');
    // As far up as it goes: the root of the client, not that of the machine.
    expect(await client.code('SITE SYMLINK ../../../../etc/passwd out')).toBe(200);
    expect((await lstat(join(root, 'dir', 'out'))).isSymbolicLink()).toBe(true);
    expect((await client.download('RETR out')).last.code).toBe(550);
  });

  test('is refused with 501 for one path, with 550 where the name is taken, with 504 by a storage without links', async () => {
    const { client, root } = await servedDirectory();
    await writeFile(join(root, 'file'), 'x');
    expect(await client.code('SITE SYMLINK file')).toBe(501);
    expect(await client.code('SITE SYMLINK file file')).toBe(550);
    const { client: memory } = await servedFiles({ '/file': '' });
    expect(await memory.code('SITE SYMLINK file link')).toBe(504);
  });
});

describe('SITE COPY', () => {
  test('copies a file', async () => {
    const content = Buffer.alloc(600_000, 'abc');
    const { client, storage } = await servedFiles({ '/a': content, '/dir/x': '' });
    expect(await client.code('SITE COPY a dir/b')).toBe(250);
    expect(storage.readFile('/dir/b').equals(content)).toBe(true);
    expect(storage.readFile('/a').equals(content)).toBe(true);
  });

  test('finds out where the first of two names with spaces ends, or takes them in quotes', async () => {
    const { client, storage } = await servedFiles({ '/a b': '1', '/a': '2' });
    await client.command('SITE COPY "a b" "c d"');
    expect(storage.readFile('/c d').toString()).toBe('1');
    // `a` exists as well, and is the shorter one.
    await client.command('SITE COPY a b c');
    expect(storage.readFile('/b c').toString()).toBe('2');
    await client.command('DELE a');
    await client.command('SITE COPY a b c');
    expect(storage.readFile('/c').toString()).toBe('1');
  });

  test.each([
    ['a', 501],
    ['a ', 501],
    ['nowhere b', 550],
    ['dir b', 550],
    ['a a', 553],
    ['a ./a', 553],
    ['a nowhere/b', 550],
    ['a dir', 550],
  ])('%j is answered %i', async (argument, code) => {
    const { client, storage } = await servedFiles({ '/a': 'x', '/dir/y': '' });
    expect(await client.code(`SITE COPY ${argument}`)).toBe(code);
    expect(storage.readFile('/a').toString()).toBe('x');
  });

  test.each([['read'], ['write']] as const)('S10: needs more than the permission to %s', async (permission) => {
    const { client, storage } = await servedFiles(
      { '/a': 'x' },
      { authenticator: everybodyIs({ permissions: [permission] }) },
    );
    expect(await client.code('SITE COPY a b')).toBe(550);
    expect(storage.exists('/b')).toBe(false);
  });
});
