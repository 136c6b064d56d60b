import { mkdir, readdir, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { describeClient } from './client.ts';
import { BIG_BYTES, ODD_NAMES, plant, plantAll, sha256, TREE, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, FRESH, IMPLICIT, RESUMED } from './transport.ts';

const LFTP = {
  name: 'lftp',
  programs: ['lftp'],
  debianPackage: 'lftp',
  transports: [CLEAR, ...FRESH, ...RESUMED, ...IMPLICIT],
};

/** Starts lftp in the test's directory of the server. */
function start(place: Place, ...words: readonly string[]) {
  const { host, port, user, password } = place.server;
  const program = place.start('lftp', ['--norc', ...words]);
  program.type(
    'set cmd:fail-exit true',
    'set net:max-retries 1',
    'set net:timeout 10',
    ...tlsSettings(place),
    `open -u ${user},${password} ${place.tls?.begins === 'at once' ? 'ftps' : 'ftp'}://${host}:${port}`,
    `cd ${place.remote}`,
  );
  return program;
}

function tlsSettings({ tls }: Place): readonly string[] {
  if (!tls) return [];
  return [
    'set ftp:ssl-force true',
    'set ftp:ssl-protect-data true',
    'set ftp:ssl-protect-list true',
    `set ftp:ssl-copy-sid ${tls.resumes}`,
    `set ssl:ca-file ${quoted(tls.authority)}`,
    `set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS${tls.version}`,
  ];
}

/** Has lftp do something, to a good end. @returns what it said. */
function lftp(place: Place, ...commands: readonly string[]): Promise<string> {
  const program = start(place);
  program.type(...commands);
  return program.success();
}

/** A word of a command line. */
function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}

describeClient(LFTP, ({ test, testOfCore, testOfSeveral }) => {
  testOfCore('lists with MLSD, LIST and NLST, whatever the names', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    const said = await lftp(place, 'cls -1 -a', 'echo ----', 'ls', 'echo ----', 'nlist');
    const [mlsd, list, nlst] = said.split('----\n').map((part) => part.split('\n').slice(0, -1));
    // `./-l`, as lftp says it, for names that would pass for options.
    expect(mlsd!.map((name) => name.replace(/^\.\//, '')).sort()).toEqual([...ODD_NAMES].sort());
    for (const name of ODD_NAMES.filter((each) => !each.startsWith('.'))) {
      expect(list!.some((line) => line.startsWith('-rw') && line.endsWith(` ${name}`))).toBe(true);
      expect(nlst).toContain(name);
    }
  });

  testOfCore('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, ODD_NAMES);
    await lftp(place, 'mkdir up', 'cd up', ...ODD_NAMES.map((name) => `put ${quoted(`./${name}`)}`));
    expect(await treeOf(join(place.served, 'up'))).toEqual(await treeOf(place.local));
    await mkdir(join(place.local, 'back'));
    await lftp(place, 'cd up', 'lcd back', ...ODD_NAMES.map((name) => `get ${quoted(`./${name}`)}`));
    expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(join(place.served, 'up')));
  });

  for (const { way, settings, command } of [
    { way: 'PASV', settings: [], command: 'PASV' },
    { way: 'EPSV', settings: ['set ftp:prefer-epsv yes'], command: 'EPSV' },
    { way: 'PORT', settings: ['set ftp:passive-mode no'], command: 'PORT' },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      await plant(join(place.served, 'file.bin'), 300_000);
      const said = await lftp(place, ...settings, 'debug 5', 'cls -1', 'get file.bin', 'put file.bin -o put');
      expect(said.match(new RegExp(`^---> ${command}\\b`, 'gm'))).toHaveLength(3);
      expect(said).toMatch(/^file\.bin$/m);
      expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(join(place.served, 'file.bin')));
      expect(await treeOf(place.served)).toMatchObject({ put: await sha256(join(place.local, 'file.bin')) });
    });
  }

  testOfCore('resumes a download and an upload', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    expect(await lftp(place, 'debug 5', 'get -c file.bin')).toMatch(/^---> REST 12345$/m);
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));

    await truncate(join(place.served, 'file.bin'), 54_321);
    expect(await lftp(place, 'debug 5', 'put -c file.bin')).toMatch(/^---> REST 54321\n.*^---> STOR file.bin$/ms);
    expect(await sha256(join(place.served, 'file.bin'))).toBe(await sha256(content));
  });

  test('leaves a file that it put with the time that it had', async (place) => {
    await plant(join(place.local, 'file.bin'));
    await utimes(join(place.local, 'file.bin'), 1_000_000_000, 1_000_000_000);
    await lftp(place, 'put file.bin');
    expect((await stat(join(place.served, 'file.bin'))).mtimeMs).toBe(1_000_000_000_000);
  });

  test('makes directories, renames, changes modes, deletes and removes', async (place) => {
    await plant(join(place.served, 'old "name"'));
    await plant(join(place.served, 'unwanted 🦆'));
    await plant(join(place.served, 'heap/of/files'));
    await mkdir(join(place.served, 'unwanted dir'));
    await lftp(
      place,
      ...['mkdir -p new/deep/er', 'mkdir -p new/deep', `mv ${quoted('old "name"')} "new/größer"`],
      ...['chmod 600 "new/größer"', 'rm "unwanted 🦆"', 'rmdir "unwanted dir"', 'rm -r heap'],
    );
    const names = (await readdir(place.served, { recursive: true })).sort();
    expect(names).toEqual(['new', 'new/deep', 'new/deep/er', 'new/größer']);
    expect((await stat(join(place.served, 'new/größer'))).mode & 0o777).toBe(0o600);
  });

  for (const { title, options, several } of [
    { title: 'mirrors a tree both ways', options: '', several: false },
    { title: 'mirrors a tree both ways, with three connections', options: '--parallel=3', several: true },
  ]) {
    (several ? testOfSeveral : test)(title, async (place) => {
      await plantAll(join(place.local, 'tree'), TREE);
      await mkdir(join(place.local, 'tree', 'empty'));
      await lftp(place, `mirror -R ${options} tree there`);
      expect(await treeOf(join(place.served, 'there'))).toEqual(await treeOf(join(place.local, 'tree')));
      await lftp(place, `mirror ${options} there back`);
      expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(join(place.local, 'tree')));
    });
  }

  test('mirrors changes only, and deletes what is gone', async (place) => {
    await plantAll(join(place.local, 'tree'), TREE);
    await lftp(place, 'mirror -R tree there');
    expect(await lftp(place, 'debug 5', 'mirror -R tree there')).not.toMatch(/^---> STOR/m);

    await rm(join(place.local, 'tree/docs'), { recursive: true });
    await plant(join(place.local, 'tree/top.bin'), 5_000);
    const said = await lftp(place, 'debug 5', 'mirror -R --delete tree there');
    expect(said.match(/^---> STOR .*/gm)).toEqual(['---> STOR top.bin']);
    expect(await treeOf(join(place.served, 'there'))).toEqual(await treeOf(join(place.local, 'tree')));
  });

  testOfSeveral('gets a file in four segments at a time', async (place) => {
    await plant(join(place.served, 'big.bin'), BIG_BYTES);
    // Slow enough that the other segments are still to do when their connections have logged in.
    const said = await lftp(
      place,
      'debug 5',
      'set net:limit-rate 4000000',
      'set net:limit-max 100000',
      'pget -n 4 big.bin',
    );
    expect(said.match(/^---> REST \d+$/gm)).toHaveLength(3);
    expect(await sha256(join(place.local, 'big.bin'))).toBe(await sha256(join(place.served, 'big.bin')));
  });

  testOfCore(
    'W8: stops a download and an upload in the middle with ABOR, and goes on over the same connection',
    async (place) => {
      await plant(join(place.served, 'big.bin'), BIG_BYTES);
      await plant(join(place.local, 'up.bin'), BIG_BYTES);
      const program = start(place);
      program.type('debug 5', 'set net:limit-rate 4000000', 'get big.bin &');
      await growing(join(place.local, 'big.bin'));
      program.type('kill all', 'put up.bin &');
      await program.until(/^---> STOR up.bin\n.*150/m);
      program.type('kill all', 'set net:limit-rate 0', 'get big.bin -o whole', 'put up.bin -o whole');
      const said = await program.success();
      expect(said).toMatch(/^---> ABOR\n.*^<--- 426 .*^<--- 226 /ms);
      expect(await sha256(join(place.local, 'whole'))).toBe(await sha256(join(place.served, 'big.bin')));
      expect(await sha256(join(place.served, 'whole'))).toBe(await sha256(join(place.local, 'up.bin')));
    },
  );
});

/** Waits until something has arrived. */
async function growing(path: string): Promise<void> {
  await vi.waitFor(async () => expect((await stat(path)).size).toBeGreaterThan(0), { timeout: 10_000, interval: 10 });
}
