import { mkdir, readFile, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { BIG_BYTES, ODD_NAMES, plant, plantAll, sha256, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, everywhere, excused, FRESH, IMPLICIT, RESUMED, type Transport } from './transport.ts';

const CURL = {
  name: 'curl',
  programs: ['curl'],
  debianPackage: 'curl',
  transports: [
    CLEAR,
    everywhere(FRESH[0]),
    FRESH[1],
    excused(RESUMED[0], 'with TLS 1.2 it wants no tickets, but to be known again by an ID'),
    RESUMED[1],
    ...IMPLICIT,
  ],
};

const doesNotProtectWhatItAccepts = ({ tls }: Transport) =>
  tls && 'its versions 7.87 and 7.88 do not speak TLS on data connections that they accept, curl issue 10666';

const resumesForOneUpload = ({ tls }: Transport) =>
  tls?.resumption === 'require'
    ? 'it uses a ticket once, and before its version 8.10 reads no new one from an upload'
    : undefined;

/** The four ways to a data connection, and the command that shows which one was taken. */
const DATA_CONNECTIONS = [
  { way: 'EPSV', options: [] },
  { way: 'PASV', options: ['--disable-epsv'] },
  { way: 'EPRT', options: ['--ftp-port', '-'], excuse: doesNotProtectWhatItAccepts },
  { way: 'PORT', options: ['--ftp-port', '-', '--disable-eprt'], excuse: doesNotProtectWhatItAccepts },
];

/** LIST and NLST hide what `ls` hides. */
const VISIBLE_NAMES = ODD_NAMES.filter((name) => !name.startsWith('.'));

/**
 * For many files over one connection: when the answer to EPSV or PASV is there before curl (7.88) looks for it, curl
 * sleeps a second before it connects. Over TLS it has to, and the files are fewer.
 */
function withoutNaps({ tls }: Place): readonly string[] {
  return tls ? [] : ['--ftp-port', '-'];
}

function enough(place: Place, names: readonly string[]): readonly string[] {
  return place.tls ? names.slice(0, 5) : names;
}

/** Runs curl to a good end. */
function curl(place: Place, ...words: readonly string[]): Promise<string> {
  return attempt(place, ...words).success();
}

function attempt(place: Place, ...words: readonly string[]) {
  const { user, password } = place.server;
  const options = ['--user', `${user}:${password}`, ...tlsOptions(place)];
  // What follows --next begins with no options.
  const all = words.flatMap((word) => (word === '--next' ? [word, ...options] : [word]));
  return place.start('curl', ['-q', '--silent', '--show-error', ...options, ...all]);
}

function tlsOptions({ tls }: Place): readonly string[] {
  if (!tls) return [];
  return [
    ...['--ssl-reqd', '--cacert', tls.authority, `--tlsv${tls.version}`, '--tls-max', tls.version],
    ...(tls.resumes ? [] : ['--no-sessionid']),
  ];
}

describeClient(CURL, ({ test, testOfCore }) => {
  testOfCore('lists a directory in full and by names, whatever the names', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    await mkdir(join(place.served, 'directory'));
    const names = (await curl(place, '--list-only', `${place.url()}/`)).split(/\r?\n/).slice(0, -1);
    expect(names.sort()).toEqual([...VISIBLE_NAMES, 'directory'].sort());

    const lines = (await curl(place, `${place.url()}/`)).split(/\r?\n/);
    for (const name of VISIBLE_NAMES) {
      expect(lines.some((line) => line.startsWith('-rw') && line.endsWith(` ${name}`))).toBe(true);
    }
    expect(lines.some((line) => line.startsWith('drwx') && line.endsWith(' directory'))).toBe(true);
  });

  test('lists an empty directory as nothing', async (place) => {
    expect(await curl(place, `${place.url()}/`)).toBe('');
  });

  testOfCore(
    'gets and puts files, whatever their names',
    async (place) => {
      const names = enough(place, ODD_NAMES);
      await plantAll(place.local, names);
      const there = names.flatMap((name) => ['--upload-file', `./${name}`, place.url('up', name)]);
      await curl(place, ...withoutNaps(place), '--ftp-create-dirs', ...there);
      expect(await treeOf(join(place.served, 'up'))).toEqual(await treeOf(place.local));

      const back = names.flatMap((name) => ['--output', join(place.local, 'back', name), place.url('up', name)]);
      await curl(place, ...withoutNaps(place), '--create-dirs', ...back);
      expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(join(place.served, 'up')));
    },
    resumesForOneUpload,
  );

  for (const { way, options, excuse } of DATA_CONNECTIONS) {
    test(
      `lists, gets and puts over ${way}`,
      async (place) => {
        await plant(join(place.served, 'file.bin'), 300_000);
        const said = await curl(place, '--verbose', ...options, '-o', 'got', place.url('file.bin'));
        expect(said).toMatch(new RegExp(`^> ${way}\\b`, 'm'));
        expect(await sha256(join(place.local, 'got'))).toBe(await sha256(join(place.served, 'file.bin')));
        expect(await curl(place, ...options, `${place.url()}/`)).toContain(' file.bin');
        await curl(place, ...options, '--upload-file', 'got', place.url('put'));
        expect(await sha256(join(place.served, 'put'))).toBe(await sha256(join(place.local, 'got')));
      },
      excuse,
    );
  }

  testOfCore('resumes a download', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    const said = await curl(place, '--verbose', '--continue-at', '-', '-o', 'file.bin', place.url('file.bin'));
    expect(said).toMatch(/^> REST 12345\r?$/m);
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(join(place.served, 'file.bin')));
  });

  testOfCore('resumes an upload', async (place) => {
    await plant(join(place.local, 'file.bin'), 300_000);
    await curl(place, '--upload-file', 'file.bin', place.url('file.bin'));
    await truncate(join(place.served, 'file.bin'), 12_345);
    const resume = ['--continue-at', '-', '--upload-file', 'file.bin', place.url('file.bin')];
    expect(await curl(place, '--verbose', ...resume)).toMatch(/^> APPE /m);
    expect(await sha256(join(place.served, 'file.bin'))).toBe(await sha256(join(place.local, 'file.bin')));
  });

  test('appends to a file', async (place) => {
    await plant(join(place.served, 'log.txt'), 'one\n');
    await plant(join(place.local, 'more.txt'), 'two\n');
    await curl(place, '--append', '--upload-file', 'more.txt', place.url('log.txt'));
    expect(await readFile(join(place.served, 'log.txt'), 'utf8')).toBe('one\ntwo\n');
  });

  test('makes a directory, renames, deletes and removes with quoted commands', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await mkdir(join(place.served, 'unwanted'));
    const { remote } = place;
    const commands = [
      `MKD ${remote}/new dir`,
      `RNFR ${remote}/old name`,
      `RNTO ${remote}/new dir/größer 🦆`,
      `DELE ${remote}/unwanted "file"`,
      `RMD ${remote}/unwanted`,
    ];
    await curl(
      place,
      ...commands.flatMap((command) => ['--quote', command]),
      '--output',
      '/dev/null',
      `${place.url()}/`,
    );
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new dir/', 'new dir/größer 🦆']);
  });

  testOfCore('gets a range, ends the transfer with ABOR, and goes on with the next file', async (place) => {
    const big = await plant(join(place.served, 'big.bin'), BIG_BYTES);
    await plant(join(place.served, 'small.bin'));
    const said = await curl(
      place,
      ...['--verbose', '--range', '1000-50999', '-o', 'part', place.url('big.bin')],
      ...['--next', '-o', 'small', place.url('small.bin')],
    );
    expect(said).toMatch(/^> ABOR\r?$/m);
    expect(await sha256(join(place.local, 'part'))).toBe(await sha256(big.subarray(1_000, 51_000)));
    expect(await sha256(join(place.local, 'small'))).toBe(await sha256(join(place.served, 'small.bin')));
  });

  test('asks for the size and the time of a file', async (place) => {
    await plant(join(place.served, 'file.bin'), 4_321);
    await utimes(join(place.served, 'file.bin'), 1_000_000_000, 1_000_000_000);
    const head = await curl(place, '--head', place.url('file.bin'));
    expect(head).toMatch(/^Content-Length: 4321\r?$/m);
    expect(head).toMatch(/^Last-Modified: Sun, 09 Sep 2001 01:46:40 GMT\r?$/m);
    await curl(place, '--remote-time', '-o', 'file.bin', place.url('file.bin'));
    expect((await stat(join(place.local, 'file.bin'))).mtimeMs).toBe(1_000_000_000_000);
  });

  test('converts line ends in ASCII mode, both ways', async (place) => {
    const text = 'one\ntwo\n';
    await plant(join(place.served, 'file.txt'), text);
    // On the wire it is CRLF; curl knows the line ends of its own system, too.
    expect(await curl(place, `${place.url('file.txt')};type=a`)).toBe(text);
    await plant(join(place.local, 'file.txt'), text);
    await curl(place, '--upload-file', 'file.txt', `${place.url('sent.txt')};type=a`);
    expect(await readFile(join(place.served, 'sent.txt'), 'utf8')).toBe(text);
  });

  testOfCore('moves many files over one connection', async (place) => {
    const names = enough(
      place,
      Array.from({ length: 50 }, (_, index) => `file ${index}`),
    );
    await plantAll(place.served, names);
    const said = await curl(
      place,
      '--verbose',
      ...withoutNaps(place),
      ...names.flatMap((name) => ['-o', name, place.url(name)]),
    );
    expect(said.match(/^> USER /gm)).toHaveLength(1);
    expect(await treeOf(place.local)).toEqual(await treeOf(place.served));
  });

  testOfCore('learns what went wrong: a missing file, a wrong password, no right to write', async (place) => {
    await plant(join(place.local, 'file'));
    expect(await attempt(place, place.url('missing')).end()).toBe(78);
    expect(await attempt(place, '--user', `${place.server.user}:wrong`, `${place.url()}/`).end()).toBe(67);
    const anonymous = ['--user', 'anonymous:me@example.com'];
    expect(await attempt(place, ...anonymous, '--upload-file', 'file', place.url('file')).end()).toBe(25);
    expect(await treeOf(place.served)).toEqual({});
  });
});
