import { mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { everybodyIs, servedDirectory, servedFiles, text } from './served.ts';

const TREE = {
  '/b': 'bb',
  '/a': 'aaa',
  '/.hidden': 'h',
  '/dir/inner': 'i',
  '/dir/sub/deep': 'd',
  '/name with  spaces ': '',
};

/** The names in a listing of LIST: what stands behind the date. */
function namesOf(listing: Buffer): string[] {
  return lines(listing).map(
    (line) => /^[-dlp][-rwxsStT]{9}(?: +\S+){7} (.+)$/.exec(line)?.[1] ?? `not a line: ${line}`,
  );
}

function lines(listing: Buffer): string[] {
  return listing.toString().split('\r\n').slice(0, -1);
}

describe('LIST', () => {
  test('W20: lists a directory as ls -l does, sorted by name, without hidden files', async () => {
    const { client } = await servedFiles(TREE);
    const { octets, first, last } = await client.download('LIST');
    expect(namesOf(octets)).toEqual(['a', 'b', 'dir', 'name with  spaces ']);
    expect(lines(octets)[0]).toMatch(/^-rw-r--r-- +1 \S+ +\S+ +3 [A-Z][a-z]{2} [ \d]\d \d\d:\d\d a$/);
    expect(lines(octets)[2]).toMatch(/^drwxr-xr-x /);
    expect([first.code, text(last)]).toEqual([150, '226 Listing complete.']);
  });

  test.each([
    ['LIST dir', ['inner', 'sub']],
    ['LIST /dir/', ['inner', 'sub']],
    ['LIST a', ['a']],
    ['LIST dir/inner', ['inner']],
    ['LIST name with  spaces ', ['name with  spaces ']],
    ['LIST .hidden', ['.hidden']],
    // Wildcards in the last segment.
    ['LIST *', ['a', 'b', 'dir', 'name with  spaces ']],
    ['LIST ?', ['a', 'b']],
    ['LIST [b-z]*', ['b', 'dir', 'name with  spaces ']],
    ['LIST .*', ['.hidden']],
    ['LIST dir/i*', ['inner']],
    ['LIST nothing*', []],
    // W23: switches as for ls(1); those that mean nothing here are ignored.
    ['LIST -a', ['.hidden', 'a', 'b', 'dir', 'name with  spaces ']],
    ['LIST -la', ['.hidden', 'a', 'b', 'dir', 'name with  spaces ']],
    ['LIST -l dir', ['inner', 'sub']],
    ['LIST -F -1 dir', ['inner', 'sub']],
    ['LIST -r', ['name with  spaces ', 'dir', 'b', 'a']],
    ['LIST -S ?', ['a', 'b']],
    ['LIST -Sr ?', ['b', 'a']],
  ])('%s lists %j', async (line, expected) => {
    const { client } = await servedFiles(TREE);
    const { octets, last } = await client.download(line);
    expect([last.code, namesOf(octets)]).toEqual([226, expected]);
  });

  test('W23: -t puts the latest first', async () => {
    const { client, storage } = await servedFiles({ '/old': '', '/new': '', '/middle': '' });
    for (const [name, modifiedMs] of [
      ['/old', 1e12],
      ['/middle', 1.2e12],
      ['/new', 1.4e12],
    ] as const) {
      await storage.setTimes(name, { modifiedMs });
    }
    expect(namesOf((await client.download('LIST -t')).octets)).toEqual(['new', 'middle', 'old']);
    expect(namesOf((await client.download('LIST -ltr')).octets)).toEqual(['old', 'middle', 'new']);
  });

  test('W23: takes a name that looks like switches literally where there is such a name', async () => {
    const { client } = await servedFiles({ '/-a': 'x', '/-la/file': 'y', '/other': '' });
    expect(namesOf((await client.download('LIST -a')).octets)).toEqual(['-a']);
    expect(namesOf((await client.download('LIST -la')).octets)).toEqual(['file']);
    expect(namesOf((await client.download('LIST -l')).octets)).toEqual(['-a', '-la', 'other']);
    expect(namesOf((await client.download('LIST -- -a')).octets)).toEqual(['-a']);
  });

  test('takes a name with a star literally where there is such a name', async () => {
    const { client } = await servedFiles({ '/*': 'star', '/other': '' });
    expect(namesOf((await client.download('LIST *')).octets)).toEqual(['*']);
  });

  test('W21: lists an empty directory as nothing', async () => {
    const { client } = await servedFiles();
    for (const line of ['LIST', 'NLST', 'MLSD']) {
      const { octets, first, last } = await client.download(line);
      expect([first.code, octets.length, last.code], line).toEqual([150, 0, 226]);
    }
  });

  test('is refused with 550 for what does not exist, instead of the 150', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.download('LIST nowhere')).first.code).toBe(550);
    expect((await client.download('LIST nowhere/*')).first.code).toBe(550);
    expect((await client.download('LIST a/*')).first.code).toBe(550);
  });

  test('S13: refuses -R with 504 unless the settings allow it, and cuts it off then', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.download('LIST -R')).first.code).toBe(504);
    const { client: allowed } = await servedFiles(TREE, { recursiveListingLimit: 1000 });
    const all = (await allowed.download('NLST -R')).octets.toString();
    expect(all).toBe('a\r\nb\r\ndir\r\nname with  spaces \r\n\r\n./dir:\r\ninner\r\nsub\r\n\r\n./dir/sub:\r\ndeep\r\n');
    const { client: limited } = await servedFiles(TREE, { recursiveListingLimit: 5 });
    expect((await limited.download('NLST -R')).octets.toString()).not.toContain('sub');
  });

  test('S13: a pattern that is all stars is quick on ten thousand names', async () => {
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`/${'a'.repeat(40)}${n}`, '']));
    const { client } = await servedFiles(files);
    const started = performance.now();
    expect((await client.download(`LIST ${'*a'.repeat(60)}b`)).last.code).toBe(226);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('ends its lines with CRLF in TYPE I as well', async () => {
    const { client } = await servedFiles({ '/a': '', '/b': '' });
    await client.command('TYPE I');
    expect((await client.download('NLST')).octets.toString()).toBe('a\r\nb\r\n');
  });
});

describe('NLST', () => {
  test.each([
    ['NLST', 'a b dir'],
    ['NLST -CF', 'a b dir'],
    ['NLST -a', '.hidden a b dir'],
    // W22: bare names for a directory, and what can be given to RETR for anything else.
    ['NLST dir', 'inner sub'],
    ['NLST dir/', 'inner sub'],
    ['NLST /dir', 'inner sub'],
    ['NLST dir/inner', 'dir/inner'],
    ['NLST /dir/inner', '/dir/inner'],
    ['NLST dir/*', 'dir/inner dir/sub'],
    ['NLST /dir/i*', '/dir/inner'],
    ['NLST ../dir/i*', '../dir/inner'],
    ['NLST ?', 'a b'],
    ['NLST nothing*', ''],
  ])('W22: %s answers %j', async (line, expected) => {
    const { '/name with  spaces ': _, ...files } = TREE;
    const { client } = await servedFiles(files);
    const { octets, last } = await client.download(line);
    expect([last.code, lines(octets).join(' ')]).toEqual([226, expected]);
  });

  test('W21: is refused with 550 for a name that does not exist', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.download('NLST nowhere')).first.code).toBe(550);
  });
});

describe('MLSD', () => {
  test('W24: lists each entry with its facts, every one with its semicolon, and one space before the name', async () => {
    const { client } = await servedFiles(TREE);
    const { octets } = await client.download('MLSD');
    const found = lines(octets);
    expect(found).toHaveLength(5);
    for (const line of found) expect(line).toMatch(/^(?:[A-Za-z.]+=[^; ]+;)+ .+$/);
    expect(found.find((line) => line.endsWith(' a'))).toMatch(
      /^type=file;size=3;modify=\d{14};perm=adfrw;unique=\w+;UNIX\.mode=0644; a$/,
    );
    expect(found.find((line) => line.endsWith(' dir'))).toMatch(/^type=dir;modify=\d{14};perm=cdeflmp;/);
    expect(found.some((line) => line.endsWith('; name with  spaces '))).toBe(true);
  });

  test('shows hidden files: it is a program that asks', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.download('MLSD')).octets.toString()).toContain(' .hidden\r\n');
  });

  test('shows in `perm` what the account may do', async () => {
    const { client } = await servedFiles(
      { '/a': '', '/dir/b': '' },
      { authenticator: everybodyIs({ permissions: ['list', 'read'] }) },
    );
    const listing = (await client.download('MLSD')).octets.toString();
    expect(listing).toMatch(/type=file;.*perm=r;.* a\r\n/);
    expect(listing).toMatch(/type=dir;.*perm=el;.* dir\r\n/);
  });

  test('W26: is refused with 501 for a file, and with 550 for what does not exist', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.download('MLSD a')).first.code).toBe(501);
    expect((await client.download('MLSD nowhere')).first.code).toBe(550);
    // Neither switches nor wildcards: RFC 3659 knows none.
    expect((await client.download('MLSD -a')).first.code).toBe(550);
    expect((await client.download('MLSD *')).first.code).toBe(550);
  });
});

describe('MLST', () => {
  test('W26: tells the facts of a file over the control connection, in one line that begins with a space', async () => {
    const { client } = await servedFiles(TREE);
    await client.command('CWD dir');
    const { code, lines: answer } = await client.command('MLST inner');
    expect(code).toBe(250);
    expect(answer[0]).toBe('250-Listing:');
    expect(answer[1]).toMatch(/^ type=file;size=1;modify=\d{14};perm=adfrw;unique=\w+;UNIX\.mode=0644; \/dir\/inner$/);
    expect(answer[2]).toBe('250 End');
    expect(answer).toHaveLength(3);
  });

  test('W26: without an argument tells those of the working directory', async () => {
    const { client } = await servedFiles(TREE);
    expect((await client.command('MLST')).lines[1]).toMatch(/^ type=dir;.* \/$/);
    await client.command('CWD dir');
    expect((await client.command('MLST')).lines[1]).toMatch(/^ type=dir;.* \/dir$/);
  });

  test('is refused with 550 for what does not exist', async () => {
    const { client } = await servedFiles(TREE);
    expect(await client.code('MLST nowhere')).toBe(550);
  });

  test('needs no data connection and leaves a prepared one alone', async () => {
    const { client } = await servedFiles(TREE);
    const data = await client.passive();
    expect(await client.code('MLST a')).toBe(250);
    expect(await client.code('NLST')).toBe(150);
    expect((await data.everything()).toString()).toContain('a\r\n');
  });
});

describe('listings of the disk', () => {
  test('W20: show where a link leads, but never outside of the root', async () => {
    const { client, root } = await servedDirectory();
    await mkdir(join(root, 'dir'));
    await writeFile(join(root, 'dir', 'file'), 'x');
    await symlink('dir/file', join(root, 'inside'));
    await symlink('/etc/passwd', join(root, 'outside'));
    await symlink(join(root, 'dir'), join(root, 'absolute'));
    const listing = (await client.download('LIST')).octets.toString();
    expect(listing).toMatch(/^l.* inside -> dir\/file$/m);
    expect(listing).toMatch(/^l.* absolute -> \/dir$/m);
    expect(listing).toMatch(/^l.* outside$/m);
    const facts = (await client.download('MLSD')).octets.toString();
    expect(facts).toMatch(/^type=OS\.unix=slink:dir\/file;.* inside$/m);
    expect(facts).toMatch(/^type=OS\.unix=symlink;.* outside$/m);
    for (const shown of [listing, facts]) expect(shown).not.toMatch(/passwd|ohai-ftpd-test/);
    // Named, a link is what it leads to.
    expect((await client.command('MLST inside')).lines[1]).toMatch(/^ type=file;size=1;/);
    expect(await client.code('MLST outside')).toBe(550);
    expect(lines((await client.download('NLST absolute')).octets)).toEqual(['file']);
  });

  test('W20: show the time of what is younger than half a year, and the year of all else', async () => {
    const { client, root } = await servedDirectory();
    for (const [name, time] of [
      ['new', new Date(Date.now() - 3600_000)],
      ['old', new Date('2001-02-03T04:05:06Z')],
      ['future', new Date(Date.now() + 86_400_000 * 2)],
    ] as const) {
      await writeFile(join(root, name), '');
      await utimes(join(root, name), time, time);
    }
    const listing = (await client.download('LIST')).octets.toString();
    expect(listing).toMatch(/ \d\d:\d\d new$/m);
    expect(listing).toMatch(/ Feb {2}3 {2}2001 old$/m);
    expect(listing).toMatch(/ {2}\d{4} future$/m);
  });

  test('show and find names of any octets: quotes, Unicode, and what is no UTF-8', async () => {
    const { client, root } = await servedDirectory();
    await client.command('TYPE I');
    const names = ['"quoted"', 'Ünïcödé 文件 🗂', "it's", '*star*', '~', '%20', 'back\\slash'];
    for (const name of names) expect((await client.upload(`STOR ${name}`, name)).last.code).toBe(226);
    expect(lines((await client.download('NLST')).octets).sort()).toEqual([...names].sort());
    for (const name of names) expect((await client.download(`RETR ${name}`)).octets.toString()).toBe(name);
    const latin1 = Buffer.from([0x66, 0xfc, 0x72]);
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), latin1]), 'latin');
    expect((await client.download('NLST f*')).octets).toEqual(Buffer.concat([latin1, Buffer.from('\r\n')]));
    client.write(Buffer.concat([Buffer.from('SIZE '), latin1, Buffer.from('\r\n')]));
    expect(text(await client.reply())).toBe('213 5');
  });
});
