import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { oddNamesBut, plant, plantAll, sha256, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, FRESH, IMPLICIT, RESUMED } from './transport.ts';

const WGET = {
  name: 'wget',
  programs: ['wget'],
  debianPackage: 'wget',
  transports: [CLEAR, ...FRESH, ...RESUMED, ...IMPLICIT],
};

const NAMES = oddNamesBut({
  ' leading space': 'its parser of LIST skips spaces',
  'hash#percent%20.bin': 'it decodes the name of the file that it makes',
});

/** Runs wget to a good end, as somebody without an account unless told. */
function wget(place: Place, ...words: readonly string[]): Promise<string> {
  return attempt(place, ...words).success();
}

function attempt(place: Place, ...words: readonly string[]) {
  return place.start('wget', ['--no-config', '--tries=1', '--timeout=10', ...tlsOptions(place), ...words]);
}

function tlsOptions({ tls }: Place): readonly string[] {
  if (!tls) return [];
  return [
    `--ca-certificate=${tls.authority}`,
    `--ciphers=NORMAL:-VERS-ALL:+VERS-TLS${tls.version}`,
    tls.resumes ? '--ftps-resume-ssl' : '--no-ftps-resume-ssl',
    ...(tls.begins === 'at once' ? ['--ftps-implicit'] : []),
  ];
}

/** The URL of a file in the test's directory: with wget, that of explicit FTPS begins like that of implicit FTPS. */
function url(place: Place, ...names: readonly string[]): string {
  return place.tls ? place.url(...names).replace(/^ftps?:/, 'ftps:') : place.url(...names);
}

function account({ server: { user, password } }: Place): readonly string[] {
  return [`--user=${user}`, `--password=${password}`];
}

describeClient(WGET, ({ test, testOfCore }) => {
  testOfCore('gets files, whatever their names, as an anonymous user', async (place) => {
    await plantAll(place.served, NAMES);
    await wget(place, ...NAMES.map((name) => url(place, name)));
    expect(await treeOf(place.local)).toEqual(await treeOf(place.served));
  });

  for (const { way, options } of [
    { way: 'PASV', options: [] },
    { way: 'PORT', options: ['--no-passive-ftp'] },
  ]) {
    (way === 'PASV' ? testOfCore : test)(`gets a file over ${way}, and resumes one`, async (place) => {
      const content = await plant(join(place.served, 'file.bin'), 300_000);
      const all = [...account(place), ...options, '--debug', '--continue', url(place, 'file.bin')];
      expect(await wget(place, ...all)).toMatch(new RegExp(`^--> ${way}\\b`, 'm'));
      expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));

      await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
      expect(await wget(place, ...all)).toMatch(/^--> REST 12345/m);
      expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));
    });
  }

  testOfCore('mirrors a tree, names and depth included', async (place) => {
    for (const directory of ['.', 'docs', 'docs/größe/日本語 🦆', '-dash']) {
      await plantAll(join(place.served, directory), NAMES);
    }
    const mirror = ['--mirror', '--no-host-directories', '--cut-dirs=1', '--no-remove-listing', `${url(place)}/`];
    await wget(place, ...account(place), ...mirror);
    expect(await readFile(join(place.local, '.listing'), 'utf8')).toMatch(/^drwx.* docs\r?$/m);
    for (const listing of ['.', 'docs', 'docs/größe', 'docs/größe/日本語 🦆', '-dash']) {
      await rm(join(place.local, listing, '.listing'));
    }
    expect(await treeOf(place.local)).toEqual(await treeOf(place.served));
  });

  test('gets only what is newer, by the times in the listing', async (place) => {
    await plant(join(place.served, 'old.bin'));
    await utimes(join(place.served, 'old.bin'), 1_000_000_000, 1_000_000_000);
    const newer = ['--timestamping', '--no-verbose', url(place, 'old.bin')];
    expect(await wget(place, ...newer)).toContain('old.bin');
    expect((await stat(join(place.local, 'old.bin'))).mtimeMs).toBeGreaterThanOrEqual(1_000_000_000_000 - 86_400_000);
    expect(await wget(place, ...newer)).not.toContain('-> "old.bin"');
  });

  test('gets what a wildcard matches', async (place) => {
    await plantAll(place.served, ['a1.txt', 'a2.txt', 'b1.txt']);
    await wget(place, `${url(place)}/a*.txt`);
    expect(Object.keys(await treeOf(place.local)).sort()).toEqual(['a1.txt', 'a2.txt']);
  });

  testOfCore('tells a missing file', async (place) => {
    const program = attempt(place, url(place, 'missing'));
    expect(await program.end()).toBe(8);
    expect(program.said).toMatch('No such file');
  });
});
