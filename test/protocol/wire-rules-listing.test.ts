import { parseLine as parseMlsd } from 'basic-ftp/dist/parseListMLSD.js';
import { parseLine as parseUnix } from 'basic-ftp/dist/parseListUnix.js';
import { describe, expect, test } from 'vitest';
import { type DirectoryEntry, type FileStatus, MemoryFileSystem } from '../../src/index.ts';
import type { ControlClient } from '../support/control-client.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';
import { jlaffayeFacts, jlaffayeTakesForUnix, listingLines } from './client-parsers.ts';

const DAY_MS = 86_400_000;

/** A directory as a disk has it, with everything in it that a listing can go wrong with. */
function mixedEntries(now = Date.now()): DirectoryEntry[] {
  const entry = (name: string, status: Partial<FileStatus> = {}): DirectoryEntry => {
    const complete: FileStatus = { type: 'file', size: 0, modifiedMs: now - DAY_MS, ...status };
    return { name, type: complete.type, status: complete };
  };
  return [
    entry('plain', {
      size: 2 ** 40,
      owner: 'joe',
      group: 'staff',
      uid: 1000,
      gid: 50,
      mode: 0o640,
      links: 3,
      id: 'ab1',
    }),
    entry('directory', { type: 'directory', mode: 0o1777, uid: 0, gid: 0 }),
    entry('link', { type: 'symlink', target: 'plain' }),
    entry('outside', { type: 'symlink' }),
    entry('socket', { type: 'other' }),
    entry('domain user', { owner: 'DOMAIN joe', group: 'domain users' }),
    entry('old', { modifiedMs: now - 400 * DAY_MS }),
    entry('future', { modifiedMs: now + 400 * DAY_MS }),
    entry(' leading'),
    entry('trailing '),
    entry('two  words'),
    entry('a;b=c'),
    entry('Grüße 日本'),
    entry('two\r\nlines'),
  ];
}

/** How a listing shows a name: a line end in it would forge a line. */
function shown(name: string): string {
  return name.replaceAll(/[\r\n]/g, '?');
}

async function clientOfMixedDirectory(entries = mixedEntries()): Promise<ControlClient> {
  const fileSystem = new (class extends MemoryFileSystem {
    override async *list(): AsyncGenerator<readonly DirectoryEntry[]> {
      yield entries;
    }
  })();
  return loggedIn(await startTestServer({ fileSystem }));
}

async function clientWithFiles(files: Record<string, string> = {}): Promise<ControlClient> {
  const fileSystem = new MemoryFileSystem({ files });
  await fileSystem.makeDirectory('/empty');
  return loggedIn(await startTestServer({ fileSystem }));
}

async function linesOf(client: ControlClient, line: string): Promise<string[]> {
  const { octets, last } = await client.download(line);
  expect(last.code, line).toBe(226);
  return listingLines(octets);
}

function lineOf(lines: readonly string[], name: string): string {
  return lines.find((line) => parseUnix(line)!.name === name)!;
}

async function namesIn(client: ControlClient, line: string): Promise<string[]> {
  return (await linesOf(client, line)).map((each) => parseUnix(each)!.name).sort();
}

describe('W20: LIST', () => {
  const LINE =
    /^[-dlp](?:[r-][w-][xsS-]){2}[r-][w-][xtT-] +\d+ \S+ +\S+ +\d+ (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d\d:\d\d| \d{4}) (.+)$/;

  test('W20: every line has the form of ls, and is taken for it by jlaffaye and basic-ftp', async () => {
    const entries = mixedEntries();
    const lines = await linesOf(await clientOfMixedDirectory(entries), 'LIST -a');
    for (const line of lines) {
      expect(line).toMatch(LINE);
      expect(jlaffayeTakesForUnix(line)).toBe(true);
    }
    const names = entries.map(({ name }) => shown(name));
    expect(lines.map((line) => parseUnix(line)!.name).sort()).toEqual(names.sort());
  });

  test('W20: basic-ftp reads sizes, links, owners, modes and the target of a link', async () => {
    const lines = await linesOf(await clientOfMixedDirectory(), 'LIST');
    const [plain, directory, link, outside] = ['plain', 'directory', 'link', 'outside'].map((name) =>
      lineOf(lines, name),
    );
    expect(parseUnix(plain!)).toMatchObject({
      size: 2 ** 40,
      hardLinkCount: 3,
      user: 'joe',
      group: 'staff',
      isFile: true,
    });
    expect(plain).toMatch(/^-rw-r----- /);
    expect(directory).toMatch(/^drwxrwxrwt .* 0 +0 /);
    expect(parseUnix(directory!)).toMatchObject({ isDirectory: true });
    expect(parseUnix(link!)).toMatchObject({ isSymbolicLink: true, name: 'link', link: 'plain' });
    expect(outside).toMatch(/ outside$/);
  });

  test('W20: a time for the last half year, a year for what is older or of the future, an English month', async () => {
    const now = Date.now();
    const lines = await linesOf(await clientOfMixedDirectory(mixedEntries(now)), 'LIST');
    const dateOf = (name: string) => lineOf(lines, name).slice(-13 - name.length, -1 - name.length);
    const day = (ms: number) =>
      `${'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(new Date(ms).getUTCMonth() * 3).slice(0, 3)} ${String(new Date(ms).getUTCDate()).padStart(2)}`;
    const [yesterday, old, future] = [now - DAY_MS, now - 400 * DAY_MS, now + 400 * DAY_MS];
    expect(dateOf('plain')).toBe(`${day(yesterday)} ${new Date(yesterday).toISOString().slice(11, 16)}`);
    expect(dateOf('old')).toBe(`${day(old)}  ${new Date(old).getUTCFullYear()}`);
    expect(dateOf('future')).toBe(`${day(future)}  ${new Date(future).getUTCFullYear()}`);
  });

  test('W20: there is no total, and no line for the directory itself', async () => {
    const lines = await linesOf(await clientWithFiles({ '/file': 'octets' }), 'LIST -a');
    expect(lines.map((line) => parseUnix(line)?.name).sort()).toEqual(['empty', 'file']);
  });

  test('W20: lines end with CRLF whatever the type is', async () => {
    const client = await clientWithFiles({ '/a': '1', '/b': '2' });
    for (const type of ['TYPE A', 'TYPE I']) {
      await client.command(type);
      for (const line of ['LIST', 'NLST', 'MLSD']) {
        const text = (await client.download(line)).octets.toString();
        expect(text.match(/\r\n/g), line).toHaveLength(3);
        expect(text).not.toMatch(/\r\r|[^\r]\n/);
      }
    }
  });
});

describe('W21: nothing to list', () => {
  test.each(['LIST', 'NLST', 'MLSD', 'LIST -a', 'NLST *', 'NLST *.none', 'LIST *.none'])(
    'W21: %s of an empty directory is 150 and 226 with no octet',
    async (line) => {
      const client = await clientWithFiles();
      await client.command('CWD empty');
      const { first, octets, last } = await client.download(line);
      expect([first.code, octets.length, last.code]).toEqual([150, 0, 226]);
    },
  );

  test.each(['LIST missing', 'NLST missing', 'MLSD missing', 'MLST missing', 'STAT missing'])(
    'W21: %s is 550',
    async (line) => {
      expect((await (await clientWithFiles()).download(line)).last.code).toBe(550);
    },
  );
});

describe('W22: NLST', () => {
  const FILES = { '/d/a': '', '/d/b': '', '/d/sub/c': '', '/.hidden': '', '/d/.hidden': '' };

  test.each<[string, string[]]>([
    ['NLST', ['d', 'empty']],
    ['NLST d', ['a', 'b', 'sub']],
    ['NLST /d', ['a', 'b', 'sub']],
    ['NLST d/', ['a', 'b', 'sub']],
    ['NLST d/a', ['d/a']],
    ['NLST /d/a', ['/d/a']],
    ['NLST ../d/a', ['../d/a']],
    ['NLST d/*', ['d/a', 'd/b', 'd/sub']],
    ['NLST /d/[ab]', ['/d/a', '/d/b']],
    ['NLST -a d', ['.hidden', 'a', 'b', 'sub']],
  ])('W22: %s', async (line, names) => {
    expect((await linesOf(await clientWithFiles(FILES), line)).sort()).toEqual(names);
  });
});

describe('W23: switches as of ls', () => {
  const FILES = { '/file': '12', '/large': '12345', '/.hidden': '' };

  test.each<[string, string[]]>([
    ['LIST -la', ['.hidden', 'empty', 'file', 'large']],
    ['LIST -a', ['.hidden', 'empty', 'file', 'large']],
    ['LIST -l', ['empty', 'file', 'large']],
    ['LIST -CF', ['empty', 'file', 'large']],
    ['LIST -L -1 file', ['file']],
    ['LIST -l /', ['empty', 'file', 'large']],
    ['LIST -- file', ['file']],
  ])('W23: %s', async (line, names) => {
    expect(await namesIn(await clientWithFiles(FILES), line)).toEqual(names);
  });

  test('W23: NLST -CF, as ncftp sends it, and STAT -la obey them as well', async () => {
    const client = await clientWithFiles(FILES);
    expect((await linesOf(client, 'NLST -CF')).sort()).toEqual(['empty', 'file', 'large']);
    const { lines } = await client.command('STAT -la');
    expect(lines.filter((line) => line.endsWith(' .hidden'))).toHaveLength(1);
  });

  test('W23: -S and -r decide on the order', async () => {
    const client = await clientWithFiles(FILES);
    await client.command('RMD empty');
    expect((await linesOf(client, 'NLST -S')).slice(0, 2)).toEqual(['large', 'file']);
    expect((await linesOf(client, 'NLST -Sr')).slice(-2)).toEqual(['file', 'large']);
  });

  test('W23: -R is refused, or stops at the limit of the options', async () => {
    expect((await (await clientWithFiles(FILES)).download('LIST -R')).last.code).toBe(504);
    const fileSystem = new MemoryFileSystem({ files: { '/d/e/f': '', '/d/g': '' } });
    const client = await loggedIn(await startTestServer({ fileSystem, recursiveListingLimit: 2 }));
    expect((await linesOf(client, 'LIST -R')).filter((line) => parseUnix(line))).toHaveLength(2);
  });

  test('W23: a file whose name looks like a switch is listed, and the words behind it are part of the name', async () => {
    const client = await clientWithFiles({ '/-a': 'one', '/-l': 'two', '/-l x': 'three', '/.hidden': '' });
    expect(await namesIn(client, 'LIST -a')).toEqual(['-a']);
    expect(await linesOf(client, 'NLST -l')).toEqual(['-l']);
    expect(await linesOf(client, 'NLST -l x')).toEqual(['-l x']);
    expect((await client.download('RETR -a')).octets.toString()).toBe('one');
  });
});

describe('W24: MLSD and MLST', () => {
  test('W24: jlaffaye and basic-ftp read every line', async () => {
    const entries = mixedEntries();
    const lines = await linesOf(await clientOfMixedDirectory(entries), 'MLSD');
    expect(lines).toHaveLength(entries.length);
    for (const [index, line] of lines.entries()) {
      const { name, status } = entries[index]!;
      expect(line).toMatch(/^(?:[A-Za-z.]+=[^;\s]*;)+ [^\r\n]+$/);
      expect(parseMlsd(line)!.name).toBe(shown(name));
      const { facts, name: read } = jlaffayeFacts(line);
      expect(read).toBe(shown(name));
      expect(facts.modify).toBe(new Date(status!.modifiedMs).toISOString().replaceAll(/\D/g, '').slice(0, 14));
    }
  });

  test('W24: types are lower case, and links and others are those of the system', async () => {
    const lines = await linesOf(await clientOfMixedDirectory(), 'MLSD');
    const types = lines.slice(0, 5).map((line) => /(?:^|;)type=([^;]+);/i.exec(line)![1]);
    expect(types).toEqual([
      'file',
      'dir',
      'OS.unix=slink:plain',
      'OS.unix=symlink',
      expect.stringMatching(/^OS\.unix=/),
    ]);
    expect(parseMlsd(lines[2]!)).toMatchObject({ isSymbolicLink: true, link: 'plain' });
  });

  test.each([
    ['type;', 'type;'],
    ['size;modify;', 'size;modify;'],
    ['Type;SIZE', 'type;size;'],
    ['type;perm;size;modify;unix.mode;unix.uid;unix.gid;', 'type;size;modify;perm;UNIX.mode;UNIX.uid;UNIX.gid;'],
    ['type;nonsense;', 'type;'],
  ])('W24: OPTS MLST %s chooses the facts, and each of them ends with a semicolon', async (choice, confirmed) => {
    const client = await clientOfMixedDirectory();
    expect((await client.command(`OPTS MLST ${choice}`)).lines).toEqual([`200 MLST OPTS ${confirmed}`]);
    const [plain] = await linesOf(client, 'MLSD');
    const chosen = confirmed.toLowerCase().split(';').filter(Boolean);
    expect(Object.keys(jlaffayeFacts(plain!).facts)).toEqual(chosen);
    expect(parseMlsd(plain!)!.name).toBe('plain');
  });

  test('W24: with no facts at all the line begins with the space', async () => {
    const client = await clientOfMixedDirectory();
    expect(await client.code('OPTS MLST')).toBe(200);
    expect((await linesOf(client, 'MLSD'))[0]).toBe(' plain');
  });

  test('W24: no name in a listing has a slash in it', async () => {
    const lines = await linesOf(await clientWithFiles({ '/d/a': '' }), 'MLSD /d');
    expect(lines.map((line) => jlaffayeFacts(line).name)).toEqual(['a']);
  });
});

describe('W26: MLST', () => {
  test('W26: 250, one line with one space in front of it, 250', async () => {
    const client = await clientWithFiles({ '/d/a file': '123' });
    const { code, lines } = await client.command('MLST d/a file');
    expect(code).toBe(250);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^250-/);
    expect(lines[1]).toMatch(/^ \S+; \/d\/a file$/);
    expect(lines[2]).toMatch(/^250 /);
    expect(jlaffayeFacts(lines[1]!.slice(1))).toMatchObject({ name: '/d/a file', facts: { type: 'file', size: '3' } });
  });

  test('W26: without an argument it tells of the current directory', async () => {
    const client = await clientWithFiles({ '/d/a': '' });
    await client.command('CWD d');
    const { facts, name } = jlaffayeFacts((await client.command('MLST')).lines[1]!.slice(1));
    expect(name).toBe('/d');
    expect(['dir', 'cdir']).toContain(facts.type);
  });

  test('W26: MLSD of a file is 501', async () => {
    expect((await (await clientWithFiles({ '/file': '' })).download('MLSD file')).last.code).toBe(501);
  });
});
