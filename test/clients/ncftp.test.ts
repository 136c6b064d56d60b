import { mkdir, readFile, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { ODD_NAMES, plant, plantAll, sha256, TREE, treeOf } from './files.ts';
import type { Place } from './place.ts';

const NCFTP = {
  name: 'ncftp',
  programs: ['ncftp', 'ncftpls', 'ncftpget', 'ncftpput'],
  debianPackage: 'ncftp',
};

/** Runs one of the four programs to a good end. */
function run(place: Place, program: string, ...words: readonly string[]): Promise<string> {
  return place.start(program, [...account(place), ...words]).success();
}

function account({ server: { port, user, password } }: Place): readonly string[] {
  return ['-u', user, '-p', password, '-P', String(port)];
}

/** Types commands to the interactive program, in the test's directory of the server. */
function ncftp(place: Place, ...commands: readonly string[]): Promise<string> {
  const program = place.start('ncftp', [...account(place), place.server.host]);
  program.type(`cd ${place.remote}`, ...commands, 'quit');
  return program.success();
}

/** A word of a command line of the interactive program; it must not contain an apostrophe. */
function quoted(word: string): string {
  return `'${word}'`;
}

describeClient(NCFTP, ({ test }) => {
  test('lists a directory in full and by names, whatever the names', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    const visible = ODD_NAMES.filter((name) => !name.startsWith('.'));
    const names = await run(place, 'ncftpls', '-1', `ftp://${place.server.host}${place.remote}/`);
    expect(names.split('\n').slice(0, -1).sort()).toEqual([...visible].sort());
    const lines = (await run(place, 'ncftpls', '-l', `ftp://${place.server.host}${place.remote}/`)).split('\n');
    for (const name of visible) {
      expect(lines.some((line) => line.startsWith('-rw') && line.endsWith(` ${name}`))).toBe(true);
    }
  });

  test('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, ODD_NAMES);
    const { host } = place.server;
    await run(place, 'ncftpput', host, place.remote, ...ODD_NAMES.map((name) => `./${name}`));
    expect(await treeOf(place.served)).toEqual(await treeOf(place.local));
    const back = join(place.local, 'back');
    await mkdir(back);
    await run(place, 'ncftpget', host, back, ...ODD_NAMES.map((name) => `${place.remote}/${name}`));
    expect(await treeOf(back)).toEqual(await treeOf(place.served));
  });

  for (const { way, option } of [
    { way: 'PASV', option: '-F' },
    { way: 'PORT', option: '-E' },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      await plant(join(place.served, 'file.bin'), 300_000);
      const { host } = place.server;
      await run(place, 'ncftpget', option, '-d', 'trace', host, '.', `${place.remote}/file.bin`);
      expect(await readFile(join(place.local, 'trace'), 'utf8')).toMatch(new RegExp(` Cmd: ${way}\\b`, 'm'));
      await run(place, 'ncftpput', option, '-C', host, 'file.bin', `${place.remote}/put`);
      expect(await sha256(join(place.served, 'put'))).toBe(await sha256(join(place.served, 'file.bin')));
      const names = await run(place, 'ncftpls', option, '-1', `ftp://${host}${place.remote}/`);
      expect(names).toBe('file.bin\nput\n');
    });
  }

  test('resumes a download and an upload', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    const { host } = place.server;
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    await run(place, 'ncftpget', '-z', '-d', 'trace-get', host, '.', `${place.remote}/file.bin`);
    expect(await readFile(join(place.local, 'trace-get'), 'utf8')).toMatch(/ Cmd: REST 12345$/m);
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));

    await truncate(join(place.served, 'file.bin'), 54_321);
    // With sendfile(2) ncftp 3.2.6 sends the file from its beginning, wherever it resumes; -s is for without.
    await run(place, 'ncftpput', '-z', '-s', '-d', 'trace-put', host, place.remote, 'file.bin');
    expect(await readFile(join(place.local, 'trace-put'), 'utf8')).toMatch(/ Cmd: (REST 54321|APPE file.bin)$/m);
    expect(await sha256(join(place.served, 'file.bin'))).toBe(await sha256(content));
  });

  test('appends to a file', async (place) => {
    await plant(join(place.served, 'log.txt'), 'one\n');
    await plant(join(place.local, 'log.txt'), 'two\n');
    await run(place, 'ncftpput', '-A', place.server.host, place.remote, 'log.txt');
    expect(await readFile(join(place.served, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  test('puts a file under a temporary name first, with the time that it had', async (place) => {
    await plant(join(place.local, 'file.bin'));
    await utimes(join(place.local, 'file.bin'), 1_000_000_000, 1_000_000_000);
    await run(place, 'ncftpput', '-S', '.part', place.server.host, place.remote, 'file.bin');
    expect(await treeOf(place.served)).toEqual({ 'file.bin': await sha256(join(place.local, 'file.bin')) });
    expect((await stat(join(place.served, 'file.bin'))).mtimeMs).toBe(1_000_000_000_000);
  });

  test('moves a tree both ways', async (place) => {
    await plantAll(join(place.local, 'tree'), TREE);
    const { host } = place.server;
    await run(place, 'ncftpput', '-R', '-m', host, `${place.remote}/made/here`, 'tree');
    const there = join(place.served, 'made/here/tree');
    expect(await treeOf(there)).toEqual(await treeOf(join(place.local, 'tree')));
    await mkdir(join(place.local, 'back'));
    // Without -T it asks for a tar archive first, which is made by other servers.
    await run(place, 'ncftpget', '-R', '-T', host, 'back', `${place.remote}/made/here/tree`);
    expect(await treeOf(join(place.local, 'back/tree'))).toEqual(await treeOf(there));
  });

  test('makes a directory, renames, deletes and removes', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await mkdir(join(place.served, 'unwanted'));
    await ncftp(
      place,
      ...[`mkdir 'new dir'`, `rename 'old name' ${quoted('new dir/größer "🦆"')}`],
      ...[`rm ${quoted('unwanted "file"')}`, 'rmdir unwanted'],
    );
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new dir/', 'new dir/größer "🦆"']);
  });
});
