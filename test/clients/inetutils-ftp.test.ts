import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { startBsdFtp, word } from './bsd-ftp.ts';
import { describeClient } from './client.ts';
import { BIG_BYTES, oddNamesBut, plant, plantAll, sha256, treeOf } from './files.ts';
import type { Place } from './place.ts';

const INETUTILS_FTP = { name: 'inetutils-ftp', programs: ['inetutils-ftp'], debianPackage: 'inetutils-ftp' };

const NAMES = oddNamesBut({});

/** Types commands, to a good end. */
function inetutilsFtp(place: Place, ...commands: readonly string[]): Promise<string> {
  const program = startBsdFtp(place, 'inetutils-ftp');
  program.type(...commands, 'quit');
  return program.success();
}

describeClient(INETUTILS_FTP, ({ test }) => {
  test('lists a directory in full and by names, whatever the names', async (place) => {
    await plantAll(place.served, NAMES);
    const lines = (await inetutilsFtp(place, 'ls', 'nlist')).split('\n');
    for (const name of NAMES.filter((each) => !each.startsWith('.'))) {
      expect(lines.filter((line) => line.startsWith('-rw') && line.endsWith(` ${name}`))).toHaveLength(1);
      expect(lines).toContain(name);
    }
  });

  test('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, NAMES);
    await inetutilsFtp(place, ...NAMES.map((name) => `put ${word(`./${name}`)} ${word(name)}`));
    expect(await treeOf(place.served)).toEqual(await treeOf(place.local));
    await mkdir(join(place.local, 'back'));
    await inetutilsFtp(place, 'lcd back', ...NAMES.map((name) => `get ${word(name)} ${word(`./${name}`)}`));
    expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(place.served));
  });

  for (const { way, settings } of [
    { way: 'PORT', settings: [] },
    { way: 'EPRT', settings: ['epsv4'] },
    { way: 'PASV', settings: ['passive'] },
    { way: 'EPSV', settings: ['passive', 'epsv4'] },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      await plant(join(place.served, 'file.bin'), 300_000);
      const said = await inetutilsFtp(place, ...settings, 'ls', 'get file.bin', 'put file.bin put');
      expect(said.match(new RegExp(`^---> ${way}\\b`, 'gm'))).toHaveLength(3);
      expect(said).toMatch(/^-rw.* file\.bin$/m);
      expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(join(place.served, 'file.bin')));
      expect(await sha256(join(place.served, 'put'))).toBe(await sha256(join(place.served, 'file.bin')));
    });
  }

  test('resumes a download and an upload', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    await plant(join(place.local, 'whole.bin'), content);
    await plant(join(place.served, 'whole.bin'), content.subarray(0, 54_321));
    const said = await inetutilsFtp(place, 'reget file.bin', 'restart 54321', 'put whole.bin');
    expect(said).toMatch(/^---> REST 12345$/m);
    expect(said).toMatch(/^---> REST 54321$/m);
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));
    expect(await sha256(join(place.served, 'whole.bin'))).toBe(await sha256(content));
  });

  test('appends to a file, and stores one under a name that is free', async (place) => {
    await plant(join(place.served, 'log.txt'), 'one\n');
    await plant(join(place.local, 'log.txt'), 'two\n');
    await inetutilsFtp(place, 'append log.txt log.txt', 'sunique', 'put log.txt');
    expect(await readFile(join(place.served, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
    const [other] = Object.keys(await treeOf(place.served)).filter((name) => name !== 'log.txt');
    expect(await readFile(join(place.served, other!), 'utf8')).toBe('two\n');
  });

  test('makes directories, renames, changes modes, deletes and removes', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await mkdir(join(place.served, 'unwanted'));
    const target = 'new dir/größer 🦆';
    await inetutilsFtp(
      place,
      ...['mkdir new\\ dir', `rename old\\ name ${word(target)}`, `chmod 600 ${word(target)}`],
      ...[`delete ${word('unwanted "file"')}`, 'rmdir unwanted'],
    );
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new dir/', target]);
    expect((await stat(join(place.served, target))).mode & 0o777).toBe(0o600);
  });

  test('converts line ends in ASCII mode, both ways, and in binary mode none', async (place) => {
    await plant(join(place.served, 'dos.txt'), 'one\r\ntwo\r\n');
    await plant(join(place.local, 'unix.txt'), 'one\ntwo\n');
    await inetutilsFtp(place, 'ascii', 'get dos.txt got.txt', 'put unix.txt put.txt', 'binary', 'get dos.txt same.txt');
    expect(await readFile(join(place.local, 'got.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(place.served, 'put.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(place.local, 'same.txt'), 'utf8')).toBe('one\r\ntwo\r\n');
  });

  test('W8: stops a download with Ctrl-C, and goes on over the same connection', async (place) => {
    await plant(join(place.served, 'big.bin'), BIG_BYTES);
    await plant(join(place.served, 'small.bin'));
    // Nobody reads it: the download stands still when it is full.
    const pipe = join(place.local, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    await using _reader = await open(pipe, constants.O_RDWR);
    const program = startBsdFtp(place, 'inetutils-ftp');
    program.type('get big.bin pipe');
    await program.until(/^---> RETR big.bin\n150 /m);
    program.interrupt();
    await program.until(/^426 .*^226 /ms);
    program.type('get small.bin', 'get big.bin whole.bin', 'quit');
    await program.success();
    expect(await sha256(join(place.local, 'small.bin'))).toBe(await sha256(join(place.served, 'small.bin')));
    expect(await sha256(join(place.local, 'whole.bin'))).toBe(await sha256(join(place.served, 'big.bin')));
  });
});
