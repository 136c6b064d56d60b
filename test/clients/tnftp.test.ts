import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { startBsdFtp, word } from './bsd-ftp.ts';
import { describeClient } from './client.ts';
import { BIG_BYTES, oddNamesBut, plant, plantAll, sha256, treeOf } from './files.ts';
import type { Place } from './place.ts';

const TNFTP = { name: 'tnftp', programs: ['tnftp'], debianPackage: 'tnftp' };

const NAMES = oddNamesBut({});

/** Types commands, to a good end. */
function tnftp(place: Place, ...commands: readonly string[]): Promise<string> {
  const program = startBsdFtp(place, 'tnftp');
  program.type(...commands, 'quit');
  return program.success();
}

describeClient(TNFTP, ({ test }) => {
  test('lists a directory in full, by names and with facts, whatever the names', async (place) => {
    await plantAll(place.served, NAMES);
    const lines = (await tnftp(place, 'ls', 'nlist', 'mlsd')).split('\n');
    for (const name of NAMES.filter((each) => !each.startsWith('.'))) {
      expect(lines.filter((line) => line.startsWith('-rw') && line.endsWith(` ${name}`))).toHaveLength(1);
      expect(lines).toContain(name);
      expect(lines.filter((line) => line.startsWith('type=file;') && line.endsWith(`; ${name}`))).toHaveLength(1);
    }
  });

  test('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, NAMES);
    await tnftp(place, ...NAMES.map((name) => `put ${word(`./${name}`)} ${word(name)}`));
    expect(await treeOf(place.served)).toEqual(await treeOf(place.local));
    await mkdir(join(place.local, 'back'));
    await tnftp(place, 'lcd back', ...NAMES.map((name) => `get ${word(name)} ${word(`./${name}`)}`));
    expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(place.served));
  });

  for (const { way, settings } of [
    { way: 'EPSV', settings: [] },
    { way: 'PASV', settings: ['epsv4 off'] },
    { way: 'EPRT', settings: ['passive off'] },
    { way: 'PORT', settings: ['passive off', 'epsv4 off'] },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      await plant(join(place.served, 'file.bin'), 300_000);
      const said = await tnftp(place, ...settings, 'ls', 'get file.bin', 'put file.bin put');
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
    const said = await tnftp(place, 'reget file.bin', 'restart 54321', 'put whole.bin');
    expect(said).toMatch(/^---> REST 12345$/m);
    expect(said).toMatch(/^---> REST 54321$/m);
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));
    expect(await sha256(join(place.served, 'whole.bin'))).toBe(await sha256(content));
  });

  test('appends to a file', async (place) => {
    await plant(join(place.served, 'log.txt'), 'one\n');
    await plant(join(place.local, 'more.txt'), 'two\n');
    await tnftp(place, 'append more.txt log.txt');
    expect(await readFile(join(place.served, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  test('makes directories, renames, changes modes, deletes and removes', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await mkdir(join(place.served, 'unwanted'));
    const target = 'new dir/größer 🦆';
    await tnftp(
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
    await tnftp(place, 'ascii', 'get dos.txt got.txt', 'put unix.txt put.txt', 'binary', 'get dos.txt same.txt');
    expect(await readFile(join(place.local, 'got.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(place.served, 'put.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(await readFile(join(place.local, 'same.txt'), 'utf8')).toBe('one\r\ntwo\r\n');
  });

  test('W8: stops a download with Ctrl-C, and goes on over the same connection', async (place) => {
    await plant(join(place.served, 'big.bin'), BIG_BYTES);
    await plant(join(place.served, 'small.bin'));
    const program = startBsdFtp(place, 'tnftp');
    program.type('rate get 4000000', 'get big.bin');
    await vi.waitFor(async () => expect((await stat(join(place.local, 'big.bin'))).size).toBeGreaterThan(0), {
      timeout: 10_000,
      interval: 10,
    });
    program.interrupt();
    await program.until(/^426 .*^226 /ms);
    program.type('rate get 0', 'get small.bin', 'get big.bin whole.bin', 'quit');
    expect((await program.success()).match(/^---> USER/gm)).toBeNull();
    expect((await stat(join(place.local, 'big.bin'))).size).toBeLessThan(BIG_BYTES);
    expect(await sha256(join(place.local, 'small.bin'))).toBe(await sha256(join(place.served, 'small.bin')));
    expect(await sha256(join(place.local, 'whole.bin'))).toBe(await sha256(join(place.served, 'big.bin')));
  });

  test('fetches a URL without being asked anything', async (place) => {
    await plant(join(place.served, 'with space.bin'));
    await place.start('tnftp', ['-V', '-o', 'got', place.url('with space.bin')]).success();
    expect(await sha256(join(place.local, 'got'))).toBe(await sha256(join(place.served, 'with space.bin')));
  });
});
