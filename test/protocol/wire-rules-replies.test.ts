import { parseControlResponse, positiveCompletion } from 'basic-ftp/dist/parseControlResponse.js';
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem, StorageError, type StorageErrorKind } from '../../src/index.ts';
import { commandTable } from '../../src/protocol/command-table.ts';
import { siteRows } from '../../src/protocol/commands/site.ts';
import type { ControlClient } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { directoryParsers, jlaffayeDirectory } from './client-parsers.ts';

async function clientWithFiles(files: Record<string, string> = { '/file': 'octets' }): Promise<ControlClient> {
  return loggedIn(await startTestServer({ fileSystem: new MemoryFileSystem({ files }) }));
}

describe('W15: the path in a 257', () => {
  const NAMES = [
    'plain',
    'two words',
    'a "quoted" one',
    '"',
    '""',
    'ends with "',
    '" is the current directory.',
    'Grüße',
  ];

  test.each(NAMES)('W15: curl and ftplib read %j from PWD and MKD', async (name) => {
    const client = await clientWithFiles();
    const made = (await client.command(`MKD ${name}`)).lines;
    await client.command(`CWD ${name}`);
    const current = (await client.command('PWD')).lines;
    for (const lines of [made, current]) {
      expect(lines).toHaveLength(1);
      for (const [parser, parse] of Object.entries(directoryParsers)) expect(parse(lines[0]!), parser).toBe(`/${name}`);
      expect(jlaffayeDirectory(lines[0]!)).toBe(`/${name.replaceAll('"', '""')}`);
      expect(lines[0]!.slice(lines[0]!.lastIndexOf('"') + 1)).not.toContain('"');
    }
  });

  test('W15: the answer to XPWD and XMKD is the same', async () => {
    const client = await clientWithFiles();
    expect((await client.command('XMKD x')).lines[0]).toMatch(/^257 "\/x"/);
    expect((await client.command('XPWD')).lines).toEqual((await client.command('PWD')).lines);
  });
});

describe('W18: MDTM', () => {
  test('W18: is 213 with the time in UTC, and 550 for what is missing', async () => {
    const client = await clientWithFiles();
    expect(await client.code('MFMT 20240229123456 file')).toBe(213);
    expect((await client.command('MDTM file')).lines).toEqual(['213 20240229123456']);
    expect(await client.code('MDTM missing')).toBe(550);
  });

  test('W18: with a time it sets that', async () => {
    const client = await clientWithFiles({ '/a file': '' });
    expect(await client.code('MDTM 20200102030405 a file')).toBe(213);
    expect((await client.command('MDTM a file')).lines).toEqual(['213 20200102030405']);
    expect(await client.code('MDTM 20200102030405 missing')).toBe(550);
    expect([501, 550]).toContain(await client.code('MDTM 20201399999999 a file'));
  });

  test('W18: a file that is named like it has a time of its own, which is told', async () => {
    const client = await clientWithFiles({ '/20200102030405 file': '', '/file': '' });
    const before = (await client.command('MDTM file')).lines;
    expect(await client.code('MFMT 19991231235959 20200102030405 file')).toBe(213);
    expect((await client.command('MDTM 20200102030405 file')).lines).toEqual(['213 19991231235959']);
    expect((await client.command('MDTM file')).lines).toEqual(before);
  });
});

test('W19: MFMT answers with the fact that it set, and the path', async () => {
  const client = await clientWithFiles({ '/a file': '' });
  expect((await client.command('MFMT 20200102030405 a file')).lines).toEqual(['213 Modify=20200102030405; a file']);
});

describe('W25: FEAT', () => {
  test('W25: is 211, features with one space in front of each, 211 End', async () => {
    const { code, lines } = await (await greeted(await startTestServer())).command('FEAT');
    expect(code).toBe(211);
    expect(lines[0]).toMatch(/^211-/);
    expect(lines.at(-1)).toBe('211 End');
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^ [A-Z0-9]+(?: \S.*)?$/);
    const features = lines.slice(1, -1).map((line) => line.slice(1));
    expect(features).toEqual(
      expect.arrayContaining(['UTF8', 'MLSD', 'EPSV', 'EPRT', 'SIZE', 'MDTM', 'MFMT', 'REST STREAM']),
    );
    expect(features.find((feature) => feature.startsWith('MLST '))).toMatch(/^MLST (?:[A-Za-z.]+\*?;)+$/);
    expect(features.find((feature) => feature.startsWith('HASH '))).toMatch(/^HASH (?:[A-Z0-9-]+\*?;)*[A-Z0-9-]+\*?$/);
    expect(new Set(features).size).toBe(features.length);
  });

  test('W25: stars stand behind the facts and the digest that were chosen', async () => {
    const client = await clientWithFiles();
    const feature = async (name: string) =>
      (await client.command('FEAT')).lines.find((line) => line.startsWith(` ${name} `))!.slice(1);
    await client.command('OPTS MLST type;UNIX.mode;');
    expect((await feature('MLST')).match(/[A-Za-z.]+(?=\*)/g)).toEqual(['type', 'UNIX.mode']);
    expect((await feature('HASH')).match(/[A-Z0-9-]+(?=\*)/g)).toEqual(['SHA-256']);
    await client.command('OPTS HASH MD5');
    expect((await feature('HASH')).match(/[A-Z0-9-]+(?=\*)/g)).toEqual(['MD5']);
  });

  test('W25: what lftp would use at once, and that costs more than it gives, is not in it', async () => {
    const { lines } = await (await clientWithFiles()).command('FEAT');
    expect(lines.filter((line) => /^ (?:MODE Z|HOST|LANG)/.test(line))).toEqual([]);
  });

  test('W25: HOST is in it where there are virtual hosts', async () => {
    const { lines } = await (await greeted(await startTestServer({ hostNames: ['ftp.example'] }))).command('FEAT');
    expect(lines).toContain(' HOST');
  });
});

test('W27: inside of a reply of many lines, none looks like its last one', async () => {
  const client = await clientWithFiles({ '/213 x': '', '/211 End': '', '/250 End': '' });
  const commands = [
    'FEAT',
    'HELP',
    'HELP RETR',
    'HELP SITE',
    'SITE HELP',
    'STAT',
    'STAT /',
    'MLST 250 End',
    'SITE WHO',
  ];
  for (const command of commands) {
    const { code, lines } = await client.command(command);
    expect(lines.length, command).toBeGreaterThan(2);
    for (const line of lines.slice(1, -1)) expect(line).toMatch(new RegExp(`^(?: |${code}-)`));
    // basic-ftp ends a reply at whatever line looks like its end.
    const { messages, rest } = parseControlResponse(`${lines.join('\r\n')}\r\n`);
    expect(messages, command).toHaveLength(1);
    expect(rest).toBe('');
    expect(positiveCompletion(code)).toBe(true);
    expect(await client.code('NOOP')).toBe(200);
  }
});

describe('W31: codes', () => {
  const KINDS: Record<StorageErrorKind, number> = {
    'not-found': 550,
    exists: 550,
    'not-a-directory': 550,
    'is-a-directory': 550,
    'not-empty': 550,
    'permission-denied': 550,
    'read-only': 550,
    'is-a-symlink': 550,
    'invalid-name': 553,
    'name-too-long': 553,
    'offset-beyond-end': 554,
    busy: 450,
    'no-space': 452,
    'over-quota': 552,
    'too-large': 552,
    'not-supported': 504,
    'too-many-open-files': 450,
    'changed-while-reading': 451,
    'input-output': 451,
  };

  test.each(Object.entries(KINDS))('W31: a storage that says %s is %i for the client', async (kind, code) => {
    const fileSystem = new MemoryFileSystem();
    const fail = async () => {
      throw new StorageError(kind as StorageErrorKind, 'a detail for the log');
    };
    const server = await startTestServer({ fileSystem });
    const client = await loggedIn(server);
    Object.assign(fileSystem, { stat: fail, read: fail, write: fail, removeFile: fail, makeDirectory: fail });
    for (const line of ['SIZE x', 'DELE x', 'MKD x']) expect(await client.code(line), line).toBe(code);
    for (const line of ['RETR x', 'STOR x']) expect((await client.download(line)).last.code, line).toBe(code);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('W31: 425 without a data connection, and when it does not come', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': '' } });
    const client = await loggedIn(await startTestServer({ fileSystem, timeouts: { dataConnectionMs: 50 } }));
    for (const line of ['RETR file', 'STOR new', 'LIST', 'NLST', 'MLSD', 'APPE new', 'STOU']) {
      expect(await client.code(line), line).toBe(425);
      await client.command('EPSV');
      expect(await client.code(line), line).toBe(150);
      expect((await client.reply()).code, line).toBe(425);
    }
    expect(fileSystem.exists('/new')).toBe(false);
  });

  test('W31: 425 when nobody listens where PORT says', async () => {
    const client = await clientWithFiles();
    const { server } = await client.active();
    await new Promise((resolve) => server.close(resolve));
    expect(await client.code('RETR file')).toBe(150);
    expect((await client.reply()).code).toBe(425);
  });

  test('W31: 452 when the storage is full, and the old file is as it was', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': 'octets' }, capacity: 10 });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    expect((await client.upload('STOR file', 'many more octets')).last.code).toBe(452);
    expect(fileSystem.readFile('/file').toString()).toBe('octets');
    expect(await client.code('ALLO 11')).toBe(200);
    expect((await client.upload('STOR other', 'x')).first.code).toBe(452);
    expect((await client.upload('STOR file', '123')).last.code).toBe(226);
  });

  test.each<[string, number]>([
    ['PWD x', 501],
    ['TYPE X', 501],
    ['TYPE E', 504],
    ['MODE B', 504],
    ['STRU R', 504],
    ['ALLO x', 501],
    ['PORT 1,2,3', 501],
    ['PORT 127,0,0,1,0,21', 504],
    ['PORT 192,0,2,1,200,10', 504],
    ['EPRT |3|::1|50000|', 522],
    ['RNTO x', 503],
    ['PASS x', 503],
    ['SMNT x', 502],
    ['CCC', 502],
    ['OPTS NONE', 501],
    ['OPTS UTF8 OFF', 504],
    ['HASH missing', 550],
    ['CWD file', 550],
    ['RMD file', 550],
    ['SITE NONE', 501],
  ])('W31: %s is %i', async (line, code) => {
    expect(await (await clientWithFiles()).code(line)).toBe(code);
  });

  test('W31: 530 for everything but what a stranger may do', async () => {
    const server = await startTestServer();
    for (const { verb, access, refused } of commandTable) {
      if (access === 'anyone' || refused) continue;
      const client = await greeted(server);
      expect(await client.code(`${verb} x`), verb).toBe(530);
      client.close();
    }
  });
});

describe('W32: arguments in any case', () => {
  test.each([
    'TYPE i',
    'TYPE a',
    'TYPE a n',
    'TYPE l 8',
    'MODE s',
    'STRU f',
    'OPTS utf8 on',
    'opts Mlst Type;',
    'OPTS hash md5',
    'type I',
  ])('W32: %s', async (line) => {
    expect(await (await clientWithFiles()).code(line)).toBe(200);
  });

  test('W32: EPSV all and SITE chmod', async () => {
    const client = await clientWithFiles();
    expect(await client.code('EPSV all')).toBe(200);
    expect(await client.code('site chmod 600 file')).toBe(200);
  });
});

describe('W33: missing arguments and unknown verbs', () => {
  const needy = commandTable.filter(({ argument }) => argument === 'required').map(({ verb }) => verb);
  const needySite = siteRows.filter(({ argument }) => argument === 'required').map(({ verb }) => `SITE ${verb}`);

  test.each([...needy, ...needySite])('W33: %s without an argument is 501', async (verb) => {
    const client = await clientWithFiles();
    expect(await client.code(verb)).toBe(501);
    expect(await client.code(`${verb} `)).toBe(501);
  });

  test.each(['XYZZ', 'GET', 'PRET', 'A', '', ' ', 'NOOPS', 'CWD\tx', 'GET / HTTP/1.1', 'ÄÖÜ'])(
    'W33: %j is 500, and the session goes on',
    async (line) => {
      const client = await clientWithFiles();
      expect(await client.code(line)).toBe(500);
      expect(await client.code('NOOP')).toBe(200);
    },
  );

  test('W33: what is known and not served is 502', async () => {
    const client = await clientWithFiles();
    for (const { verb, refused } of commandTable) {
      if (refused && verb !== 'MFCT') expect(await client.code(`${verb} x`), verb).toBe(502);
    }
    expect(await client.code('MFCT 20200102030405 file')).toBe(504);
  });
});
