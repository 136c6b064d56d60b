import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { BIG_BYTES, oddNamesBut, plant, plantAll, sha256, TREE, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, FRESH, IMPLICIT, RESUMED, type Transport } from './transport.ts';

const RCLONE = {
  name: 'rclone',
  programs: ['rclone'],
  debianPackage: 'rclone',
  transports: [CLEAR, ...FRESH, ...RESUMED, ...IMPLICIT],
};

/** Those of other connections cannot be resumed. */
const mixesUpTickets = ({ tls }: Transport) =>
  tls?.resumption === 'require' ? 'it has one store of tickets for all its connections' : undefined;

const NAMES = oddNamesBut({ 'trailing space ': 'it writes such a space as U+2420 on every FTP server' });

/** Passwords as rclone wants them, by the passwords: making one takes a process. */
const obscured = new Map<string, string>();

/** Runs rclone to a good end, with a remote `server:`. It makes as many connections as it is allowed. */
async function rclone(place: Place, connections: number, ...words: readonly string[]): Promise<string> {
  const { host, port, user, password } = place.server;
  if (!obscured.has(password)) {
    obscured.set(password, (await place.start('rclone', ['--config', '', 'obscure', password]).success()).trim());
  }
  return place
    .start('rclone', ['--config', '', '--retries=1', '--low-level-retries=1', '--contimeout=10s', '-v', ...words], {
      RCLONE_CONFIG_SERVER_TYPE: 'ftp',
      RCLONE_CONFIG_SERVER_HOST: host,
      RCLONE_CONFIG_SERVER_PORT: String(port),
      RCLONE_CONFIG_SERVER_USER: user,
      RCLONE_CONFIG_SERVER_PASS: obscured.get(password)!,
      RCLONE_FTP_CONCURRENCY: String(connections),
      RCLONE_TRANSFERS: String(connections),
      RCLONE_CHECKERS: String(connections),
      ...tlsOptions(place),
    })
    .success();
}

function tlsOptions({ tls }: Place): Readonly<Record<string, string>> {
  if (!tls) return {};
  return {
    // Of the library of Go that it uses.
    SSL_CERT_FILE: tls.authority,
    [tls.begins === 'at once' ? 'RCLONE_FTP_TLS' : 'RCLONE_FTP_EXPLICIT_TLS']: 'true',
    RCLONE_FTP_DISABLE_TLS13: String(tls.version === '1.2'),
    ...(!tls.resumes && { RCLONE_FTP_TLS_CACHE_SIZE: '0' }),
  };
}

describeClient(RCLONE, ({ test, testOfCore, testOfSeveral }) => {
  const alone = (place: Place, ...words: readonly string[]) => rclone(place, 1, ...words);

  testOfCore('lists names, sizes and times', async (place) => {
    await plantAll(place.served, NAMES);
    await mkdir(join(place.served, 'directory'));
    for (const name of NAMES) await utimes(join(place.served, name), 1_000_000_000, 1_000_000_000);
    const lines = await alone(place, 'lsf', '--format=tsp', '--separator=|', `server:${place.remote}`);
    const files = lines.split('\n').filter((line) => line.includes('|3000|'));
    expect(files.sort()).toEqual(NAMES.map((name) => `2001-09-09 01:46:40|3000|${name}`).sort());
    expect(lines).toContain('directory/\n');
  });

  testOfCore('puts and gets files, whatever their names', async (place) => {
    await plantAll(join(place.local, 'names'), NAMES);
    await alone(place, 'copy', 'names', `server:${place.remote}`);
    expect(await treeOf(place.served)).toEqual(await treeOf(join(place.local, 'names')));
    await alone(place, 'copy', `server:${place.remote}`, 'back');
    expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(place.served));
  });

  for (const { way, option } of [
    { way: 'EPSV', option: [] },
    { way: 'PASV', option: ['--ftp-disable-epsv'] },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      const content = await plant(join(place.local, 'file.bin'), 300_000);
      const debug = [...option, '-vv', '--dump=bodies,auth'];
      const said = await alone(place, ...debug, 'copyto', 'file.bin', `server:${place.remote}/put`);
      expect(said).toMatch(new RegExp(`\\b${way}\\b`));
      await alone(place, ...debug, 'copyto', `server:${place.remote}/put`, 'got');
      expect(await sha256(join(place.local, 'got'))).toBe(await sha256(content));
    });
  }

  for (const { title, connections } of [
    { title: 'syncs a tree both ways', connections: 1 },
    { title: 'syncs a tree both ways, with four connections', connections: 4 },
  ]) {
    (connections > 1 ? testOfSeveral : test)(
      title,
      async (place) => {
        await plantAll(join(place.local, 'tree'), TREE);
        const there = `server:${place.remote}`;
        await rclone(place, connections, 'sync', 'tree', there);
        expect(await treeOf(place.served)).toEqual(await treeOf(join(place.local, 'tree')));
        await rclone(place, connections, 'sync', there, 'back');
        expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(join(place.local, 'tree')));

        await rm(join(place.local, 'tree/docs'), { recursive: true });
        await plant(join(place.local, 'tree/top.bin'), 5_000);
        const said = await rclone(place, connections, 'sync', 'tree', there);
        expect(said).toMatch(/Transferred: +1 \/ 1/);
        expect(await treeOf(place.served)).toEqual(await treeOf(join(place.local, 'tree')));
      },
      connections > 1 ? mixesUpTickets : undefined,
    );
  }

  testOfSeveral('renames', async (place) => {
    await plant(join(place.served, 'old name'));
    // One connection for the directory that it leaves, one for that where it goes.
    await rclone(place, 2, 'moveto', `server:${place.remote}/old name`, `server:${place.remote}/new/größer 🦆`);
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new/', 'new/größer 🦆']);
  });

  test('deletes, makes and removes directories', async (place) => {
    await plant(join(place.served, 'unwanted "file"'));
    await plant(join(place.served, 'heap/of/files'));
    await mkdir(join(place.served, 'unwanted'));
    const there = `server:${place.remote}`;
    await alone(place, 'mkdir', `${there}/new/deep/er`);
    await alone(place, 'deletefile', `${there}/unwanted "file"`);
    await alone(place, 'rmdir', `${there}/unwanted`);
    await alone(place, 'purge', `${there}/heap`);
    expect(Object.keys(await treeOf(place.served)).sort()).toEqual(['new/', 'new/deep/', 'new/deep/er/']);
  });

  testOfCore('gets a part of a file, and goes on with another', async (place) => {
    const big = await plant(join(place.served, 'big.bin'), BIG_BYTES);
    await plant(join(place.served, 'text'), 'one\ntwo\nthree\n');
    expect(await alone(place, 'cat', '--offset=4', '--count=3', `server:${place.remote}/text`)).toMatch(/^two/);
    await alone(place, 'copyto', `server:${place.remote}/big.bin`, 'big.bin');
    expect(await sha256(join(place.local, 'big.bin'))).toBe(await sha256(big));
  });

  test('leaves a file that it put with the time that it had', async (place) => {
    await plant(join(place.local, 'file.bin'));
    await utimes(join(place.local, 'file.bin'), 1_000_000_000, 1_000_000_000);
    await alone(place, 'copy', 'file.bin', `server:${place.remote}`);
    expect((await stat(join(place.served, 'file.bin'))).mtimeMs).toBe(1_000_000_000_000);
  });
});
