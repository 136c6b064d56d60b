import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../../src/index.ts';
import { loggedIn } from '../../support/test-server.ts';
import { everybodyIs, servedDirectory, servedFiles, text } from './served.ts';

const TEXT = 'one\ntwo\r\nthree\n';

describe('RETR', () => {
  test('sends a file as it is in TYPE I', async () => {
    const content = randomBytes(1_000_000);
    const { client } = await servedFiles({ '/file': content });
    await client.command('TYPE I');
    const { octets, first, last } = await client.download('RETR file');
    expect(octets.equals(content)).toBe(true);
    // W3: the size at the end of the 150, for curl and ftplib.
    expect(text(first)).toMatch(/^150 .*\(1000000 bytes\)\.?$/);
    // W5
    expect(text(last)).toBe('226 Transfer complete.');
  });

  test('converts line ends in TYPE A, leaves a CRLF as it is, and names no size', async () => {
    const { client } = await servedFiles({ '/file': TEXT });
    const { octets, first } = await client.download('RETR file');
    expect(octets.toString()).toBe('one\r\ntwo\r\nthree\r\n');
    expect(text(first)).not.toMatch(/bytes/);
  });

  test('converts nothing in TYPE A when the settings say so', async () => {
    const { client } = await servedFiles({ '/file': TEXT }, { asciiConversion: false });
    expect((await client.download('RETR file')).octets.toString()).toBe(TEXT);
  });

  test('sends an empty file as nothing', async () => {
    const { client } = await servedFiles({ '/file': '' });
    const { octets, last } = await client.download('RETR file');
    expect([octets.length, last.code]).toEqual([0, 226]);
  });

  test('is refused with 550 for a directory and for what does not exist, and the data connection stays', async () => {
    const { client } = await servedFiles({ '/dir/file': 'content' });
    const data = await client.passive();
    expect(await client.code('RETR nowhere')).toBe(550);
    expect(await client.code('RETR dir')).toBe(550);
    expect(await client.code('RETR dir/file')).toBe(150);
    expect((await data.everything()).toString()).toBe('content');
  });
});

describe('STOR', () => {
  test('stores octets as they come in TYPE I, and replaces what was there', async () => {
    const { client, storage } = await servedFiles({ '/file': 'something longer than the new content' });
    await client.command('TYPE I');
    const { first, last } = await client.upload('STOR file', 'a\r\nb\n');
    expect([first.code, text(last)]).toEqual([150, '226 Transfer complete.']);
    expect(storage.readFile('/file').toString()).toBe('a\r\nb\n');
  });

  test('converts CRLF to LF in TYPE A, over the borders of segments, and keeps a lone CR', async () => {
    const { client, storage } = await servedFiles();
    const data = await client.passive();
    expect(await client.code('STOR file')).toBe(150);
    for (const part of ['one\r', '\ntwo\r\n', 'a\rb', '\n\r']) {
      await new Promise((written) => data.socket.write(part, written));
    }
    data.socket.end();
    expect((await client.reply()).code).toBe(226);
    expect(storage.readFile('/file').toString()).toBe('one\ntwo\na\rb\n\r');
  });

  test('stores an empty file', async () => {
    const { client, storage } = await servedFiles({ '/file': 'x' });
    expect((await client.upload('STOR file', '')).last.code).toBe(226);
    expect(storage.readFile('/file')).toHaveLength(0);
  });

  test('is refused with 550 for a directory and without a parent, and with 553 for a name that cannot be', async () => {
    const { client } = await servedFiles({ '/dir/file': '' });
    expect((await client.upload('STOR dir', 'x')).last.code).toBe(550);
    expect((await client.upload('STOR nowhere/file', 'x')).last.code).toBe(550);
    expect((await client.upload('STOR dir/file/below', 'x')).last.code).toBe(550);
    expect((await client.upload('STOR /', 'x')).last.code).toBe(550);
  });

  test('gives new files the bits that SITE UMASK leaves', async () => {
    const { client, storage } = await servedFiles();
    await client.command('SITE UMASK 077');
    await client.upload('STOR file', 'x');
    expect((await storage.stat('/file')).mode).toBe(0o600);
  });
});

describe('STOU', () => {
  test('finds a name that is not taken, and tells it in the 150 (RFC 1123 section 4.1.2.9) and in the 226', async () => {
    const { client, storage } = await servedFiles({ '/name': 'old', '/name.1/file': 'a directory has the name' });
    for (const [line, name] of [
      ['STOU name', 'name.2'],
      ['STOU name', 'name.3'],
      ['STOU fresh', 'fresh'],
      ['STOU', 'upload'],
      ['STOU', 'upload.1'],
    ]) {
      const { first, last } = await client.upload(line!, name!);
      expect(text(first)).toBe(`150 FILE: ${name}`);
      expect(text(last)).toBe(`226 Transfer complete; stored as ${name}`);
      expect(storage.readFile(`/${name}`).toString()).toBe(name);
    }
    expect(storage.readFile('/name').toString()).toBe('old');
  });

  test.each([
    ['in memory', servedFiles],
    ['on the disk', servedDirectory],
  ])('gives clients that ask for a name at once one each, and keeps all uploads, %s', async (_where, serve) => {
    const { server, client } = await serve();
    const clients = [client, await loggedIn(server), await loggedIn(server)];
    const uploads = await Promise.all(
      clients.map(async (each) => ({
        each,
        data: await each.passive(),
        opening: text(await each.command('STOU cam')),
      })),
    );
    expect(uploads.map(({ opening }) => opening).sort()).toEqual([
      '150 FILE: cam',
      '150 FILE: cam.1',
      '150 FILE: cam.2',
    ]);
    for (const { each, data, opening } of uploads) {
      data.socket.end(opening);
      expect(text(await each.reply())).toBe(opening.replace('150 FILE:', '226 Transfer complete; stored as'));
    }
    for (const { each, opening } of uploads) {
      const { octets } = await each.download(`RETR ${opening.slice('150 FILE: '.length)}`);
      expect(octets.toString()).toBe(opening);
    }
  });

  test('is refused with 550 where there is no directory', async () => {
    const { client } = await servedFiles();
    expect((await client.upload('STOU nowhere/name', 'x')).last.code).toBe(550);
  });
});

describe.each(['STOR file', 'STOU file', 'APPE file'])('%s without an octet', (line) => {
  const ACCOUNTS = [
    ['may do everything', everybodyIs({})],
    ['may not replace anything', everybodyIs({ permissions: ['list', 'write'] })],
  ] as const;
  const TIMEOUTS = { timeouts: { dataConnectionMs: 50 } };

  describe.each(ACCOUNTS)('from an account that %s', (_may, authenticator) => {
    test('leaves no file when the data connection is reset', async () => {
      const memory = await servedFiles({}, { authenticator });
      const disk = await servedDirectory({ authenticator });
      for (const { client } of [memory, disk]) {
        const data = await client.passive();
        expect(await client.code(line)).toBe(150);
        data.socket.resetAndDestroy();
        expect((await client.reply()).code).toBe(426);
        expect((await client.download('NLST')).octets.toString()).toBe('');
      }
      expect(await readdir(disk.root)).toEqual([]);
    });

    test('leaves no file when the data connection is reset before the command', async () => {
      const memory = await servedFiles({}, { authenticator });
      const disk = await servedDirectory({ authenticator });
      for (const { client } of [memory, disk]) {
        (await client.passive()).socket.resetAndDestroy();
        // 425 instead where the reset is seen before the command is.
        let { code } = await client.command(line);
        if (code === 150) code = (await client.reply()).code;
        expect([425, 426]).toContain(code);
        expect((await client.download('NLST')).octets.toString()).toBe('');
      }
      expect(await readdir(disk.root)).toEqual([]);
    });

    test('leaves no file when the data connection is never made', async () => {
      const memory = await servedFiles({}, { authenticator, ...TIMEOUTS });
      const disk = await servedDirectory({ authenticator, ...TIMEOUTS });
      for (const { client } of [memory, disk]) {
        expect(await client.code('EPSV')).toBe(229);
        expect(await client.code(line)).toBe(150);
        expect((await client.reply()).code).toBe(425);
        expect((await client.download('NLST')).octets.toString()).toBe('');
      }
      expect(await readdir(disk.root)).toEqual([]);
    });
  });
});

describe('APPE', () => {
  test('appends, or makes the file', async () => {
    const { client, storage } = await servedFiles({ '/log': 'one;' });
    await client.command('TYPE I');
    expect((await client.upload('APPE log', 'two;')).last.code).toBe(226);
    expect((await client.upload('APPE new', 'three')).last.code).toBe(226);
    expect(storage.readFile('/log').toString()).toBe('one;two;');
    expect(storage.readFile('/new').toString()).toBe('three');
  });

  test('converts in TYPE A as STOR does', async () => {
    const { client, storage } = await servedFiles({ '/log': 'one\n' });
    await client.upload('APPE log', 'two\r\n');
    expect(storage.readFile('/log').toString()).toBe('one\ntwo\n');
  });

  test('is refused with 550 for a directory', async () => {
    const { client } = await servedFiles({ '/dir/file': '' });
    expect((await client.upload('APPE dir', 'x')).last.code).toBe(550);
  });
});

describe('REST', () => {
  test('has the next RETR start there, and only the next', async () => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    expect(text(await client.command('REST 4'))).toBe('350 Restarting at 4.');
    const { octets, first } = await client.download('RETR file');
    expect(octets.toString()).toBe('456789');
    expect(text(first)).toContain('(6 bytes)');
    expect((await client.download('RETR file')).octets.toString()).toBe('0123456789');
  });

  test('at the very end of the file sends nothing', async () => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    await client.command('REST 10');
    const { octets, last } = await client.download('RETR file');
    expect([octets.length, last.code]).toEqual([0, 226]);
  });

  test('W17: beyond the end is answered 554 by RETR and by STOR, and makes no holes', async () => {
    const { client, storage } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    for (const run of [() => client.download('RETR file'), () => client.upload('STOR file', 'x')]) {
      await client.command('REST 11');
      expect((await run()).last.code).toBe(554);
    }
    await client.command('REST 1');
    expect((await client.upload('STOR new', 'x')).last.code).toBe(554);
    expect(storage.exists('/new')).toBe(false);
    expect(storage.readFile('/file').toString()).toBe('0123456789');
  });

  test('has the next STOR go on there, keeps what is before and cuts off what is behind', async () => {
    const { client, storage } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    await client.command('REST 5');
    expect((await client.upload('STOR file', 'xyz')).last.code).toBe(226);
    expect(storage.readFile('/file').toString()).toBe('01234xyz');
    // What clients do that found half a file: REST with its size.
    await client.command('REST 8');
    await client.upload('STOR file', '!');
    expect(storage.readFile('/file').toString()).toBe('01234xyz!');
  });

  test.each([
    '-1',
    '1e9',
    '0x10',
    '1.5',
    ' 1',
    '1 ',
    'x',
    '+1',
    '9007199254740992',
    '9223372036854775808',
    '18446744073709551616',
  ])('S18: %j is answered 501', async (argument) => {
    const { client } = await servedFiles();
    await client.command('TYPE I');
    expect(await client.code(`REST ${argument}`)).toBe(501);
  });

  test('W17: is refused with 504 in TYPE A, but for 0, unless nothing is converted', async () => {
    const { client } = await servedFiles();
    expect(await client.code('REST 5')).toBe(504);
    expect(await client.code('REST 0')).toBe(350);
    const { client: other } = await servedFiles({ '/file': '0123456789' }, { asciiConversion: false });
    expect(await other.code('REST 5')).toBe(350);
    expect((await other.download('RETR file')).octets.toString()).toBe('56789');
  });

  test('W17: is refused by the transfer when TYPE A comes after it', async () => {
    const { client, storage } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    for (const run of [() => client.download('RETR file'), () => client.upload('STOR file', 'x')]) {
      await client.command('REST 5');
      await client.command('TYPE A');
      expect((await run()).last.code).toBe(504);
      await client.command('TYPE I');
    }
    expect(storage.readFile('/file').toString()).toBe('0123456789');
  });

  test.each([
    ['PASV', true],
    ['EPSV', true],
    ['PORT 127,0,0,1,200,1', true],
    ['EPRT |1|127.0.0.1|50000|', true],
    ['TYPE I', true],
    ['SIZE file', true],
    ['MDTM file', true],
    ['NOOP', true],
    ['PWD', false],
    ['CWD /', false],
    ['STAT', false],
    ['MLST file', false],
    ['DELE nowhere', false],
    ['ABOR', false],
  ])('W17: %s behind it keeps it: %s', async (line, keeps) => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    await client.command('REST 7');
    await client.command(line);
    expect((await client.download('RETR file')).octets.toString()).toBe(keeps ? '789' : '0123456789');
  });

  test('is forgotten by a transfer that failed', async () => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    await client.command('REST 7');
    await client.download('RETR nowhere');
    expect((await client.download('RETR file')).octets.toString()).toBe('0123456789');
  });
});

describe('RANG', () => {
  test.each([
    ['2 4', '234'],
    ['0 0', '0'],
    ['9 9', '9'],
    ['5 100', '56789'],
    ['0 9007199254740991', '0123456789'],
    ['10 20', ''],
  ])('%s has RETR send %j', async (range, expected) => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    expect(await client.code(`RANG ${range}`)).toBe(350);
    const { octets, first } = await client.download('RETR file');
    expect(octets.toString()).toBe(expected);
    expect(text(first)).toContain(`(${expected.length} bytes)`);
    expect((await client.download('RETR file')).octets.toString()).toBe('0123456789');
  });

  test('1 0 takes it back, and REST and RANG replace each other', async () => {
    const { client } = await servedFiles({ '/file': '0123456789' });
    await client.command('TYPE I');
    await client.command('RANG 2 4');
    expect(await client.code('RANG 1 0')).toBe(350);
    expect((await client.download('RETR file')).octets.toString()).toBe('0123456789');
    await client.command('RANG 2 4');
    await client.command('REST 8');
    expect((await client.download('RETR file')).octets.toString()).toBe('89');
    await client.command('REST 8');
    await client.command('RANG 2 4');
    expect((await client.download('RETR file')).octets.toString()).toBe('234');
  });

  test.each([
    ['4 2', 501],
    ['1', 501],
    ['1 2 3', 501],
    ['-1 2', 501],
    ['a b', 501],
    ['1  2', 501],
  ])('%j is answered %i', async (argument, code) => {
    const { client } = await servedFiles();
    await client.command('TYPE I');
    expect(await client.code(`RANG ${argument}`)).toBe(code);
  });

  test('is refused with 504 in TYPE A and by uploads, and beyond the end of the file with 554', async () => {
    const { client, storage } = await servedFiles({ '/file': '0123456789' });
    expect(await client.code('RANG 1 2')).toBe(504);
    await client.command('TYPE I');
    await client.command('RANG 1 2');
    expect((await client.upload('STOR file', 'x')).last.code).toBe(504);
    await client.command('RANG 11 12');
    expect((await client.download('RETR file')).last.code).toBe(554);
    expect(storage.readFile('/file').toString()).toBe('0123456789');
  });
});

describe('ALLO', () => {
  test.each([
    ['100', 200],
    ['100 R 10', 200],
    ['0', 200],
    ['x', 501],
    ['-1', 501],
    ['9007199254740992', 501],
    ['1 2', 501],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await servedFiles();
    expect(await client.code(`ALLO ${argument}`)).toBe(code);
  });

  test('lets an upload that cannot fit be refused before it begins', async () => {
    const { client } = await servedFiles({}, { fileSystem: new MemoryFileSystem({ capacity: 100 }) });
    await client.command('ALLO 101');
    const { first } = await client.upload('STOR file', 'x');
    expect(first.code).toBe(452);
    await client.command('ALLO 100');
    expect((await client.upload('STOR file', 'x')).last.code).toBe(226);
  });
});

describe('ABOR', () => {
  test('W7: answers 226 when there is nothing to end, and closes a data connection that is prepared', async () => {
    const { client } = await servedFiles({ '/file': 'x' });
    expect(await client.code('ABOR')).toBe(226);
    await client.passive();
    expect(await client.code('ABOR')).toBe(226);
    expect(await client.code('RETR file')).toBe(425);
  });

  test('W7: ends a download with 426, then 226, and the next one works', async () => {
    const { client } = await servedFiles({ '/file': Buffer.alloc(50_000_000) });
    await client.command('TYPE I');
    const data = await client.passive();
    expect(await client.code('RETR file')).toBe(150);
    client.send('ABOR');
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([426, 226]);
    await client.command('REST 49999999');
    expect((await client.download('RETR file')).octets).toHaveLength(1);
    data.socket.destroy();
  });

  test('W7: ends an upload; the old file stays as it was', async () => {
    const { client, storage } = await servedFiles({ '/file': 'old' });
    const data = await client.passive();
    expect(await client.code('STOR file')).toBe(150);
    data.socket.write('new');
    client.send('ABOR');
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([426, 226]);
    expect(storage.readFile('/file').toString()).toBe('old');
    data.socket.destroy();
  });
});

describe('S10: an account', () => {
  test('that may only read does not write', async () => {
    const authenticator = everybodyIs({ permissions: ['read'] });
    const { client, storage } = await servedFiles({ '/file': 'x' }, { authenticator });
    expect((await client.download('RETR file')).last.code).toBe(226);
    expect((await client.upload('STOR file', 'y')).last.code).toBe(550);
    expect(storage.readFile('/file').toString()).toBe('x');
  });

  test('that may only write adds, and neither reads nor takes anything away', async () => {
    const authenticator = everybodyIs({ permissions: ['write'] });
    const { client, storage } = await servedFiles({ '/file': '0123456789' }, { authenticator });
    await client.command('TYPE I');
    expect((await client.download('RETR file')).last.code).toBe(550);
    expect((await client.upload('STOR file', 'y')).last.code).toBe(550);
    await client.command('REST 5');
    expect((await client.upload('STOR file', 'y')).last.code).toBe(550);
    expect(storage.readFile('/file').toString()).toBe('0123456789');
    await client.command('REST 10');
    expect((await client.upload('STOR file', 'a')).last.code).toBe(226);
    expect((await client.upload('APPE file', 'b')).last.code).toBe(226);
    expect((await client.upload('STOR new', 'c')).last.code).toBe(226);
    expect((await client.upload('STOU file', 'd')).last.code).toBe(226);
    expect(storage.readFile('/file').toString()).toBe('0123456789ab');
    expect(storage.readFile('/file.1').toString()).toBe('d');
  });
});
