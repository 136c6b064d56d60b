import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type AccessOptions, Client, enterPassiveModeIPv4, enterPassiveModeIPv6 } from 'basic-ftp';
import { expect } from 'vitest';
import { describeClient } from './client.ts';
import { BIG_BYTES, ODD_NAMES, plant, plantAll, sha256, TREE, treeOf } from './files.ts';
import type { Place } from './place.ts';
import { CLEAR, IMPLICIT, inFull, RESUMED } from './transport.ts';

/** An npm package: runs in the process of the tests. It resumes whenever it can. */
const BASIC_FTP = {
  name: 'basic-ftp',
  programs: [],
  debianPackage: 'none',
  transports: [CLEAR, ...RESUMED.map(inFull), ...IMPLICIT],
};

/** Has a client, logged in and in the test's directory, do something. */
async function connected(place: Place, work: (ftp: Client) => Promise<void>): Promise<void> {
  const ftp = new Client(10_000);
  try {
    const { host, port, user, password } = place.server;
    await ftp.access({ host, port, user, password, ...(await tlsOptions(place)) });
    await ftp.cd(place.remote);
    await work(ftp);
  } finally {
    ftp.close();
  }
}

async function tlsOptions({ tls }: Place): Promise<AccessOptions> {
  if (!tls) return {};
  const version = `TLSv${tls.version}` as const;
  return {
    secure: tls.begins === 'at once' ? 'implicit' : true,
    secureOptions: { ca: await readFile(tls.authority), minVersion: version, maxVersion: version },
  };
}

describeClient(BASIC_FTP, ({ test, testOfCore }) => {
  testOfCore('lists what MLSD tells, whatever the names', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    await mkdir(join(place.served, 'directory'));
    await connected(place, async (ftp) => {
      const entries = await ftp.list();
      const files = entries.filter(({ isFile, size }) => isFile && size === 3_000).map(({ name }) => name);
      expect(files.sort()).toEqual([...ODD_NAMES].sort());
      expect(entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name)).toEqual(['directory']);
      expect(entries[0]!.modifiedAt!.getTime()).toBeGreaterThan(Date.now() - 60_000);
    });
  });

  test('lists what LIST tells, where MLSD is not wanted', async (place) => {
    await plantAll(place.served, ODD_NAMES);
    await connected(place, async (ftp) => {
      ftp.availableListCommands = ['LIST -a'];
      const names = (await ftp.list()).map(({ name }) => name);
      // It takes spaces off the end of a line before it reads it.
      expect(names.map((name) => name.trim()).sort()).toEqual(ODD_NAMES.map((name) => name.trim()).sort());
    });
  });

  testOfCore('gets and puts files, whatever their names', async (place) => {
    await plantAll(place.local, ODD_NAMES);
    await connected(place, async (ftp) => {
      for (const name of ODD_NAMES) await ftp.uploadFrom(join(place.local, name), name);
      expect(await treeOf(place.served)).toEqual(await treeOf(place.local));
      await mkdir(join(place.local, 'back'));
      for (const name of ODD_NAMES) await ftp.downloadTo(join(place.local, 'back', name), name);
      expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(place.served));
    });
  });

  for (const { way, prepareTransfer } of [
    { way: 'PASV', prepareTransfer: enterPassiveModeIPv4 },
    { way: 'EPSV', prepareTransfer: enterPassiveModeIPv6 },
  ]) {
    test(`lists, gets and puts over ${way}`, async (place) => {
      const content = await plant(join(place.served, 'file.bin'), 300_000);
      const dialogue: string[] = [];
      await connected(place, async (ftp) => {
        ftp.prepareTransfer = prepareTransfer;
        ftp.ftp.verbose = true;
        ftp.ftp.log = (line) => dialogue.push(line);
        await ftp.downloadTo(join(place.local, 'got'), 'file.bin');
        await ftp.uploadFrom(join(place.local, 'got'), 'put');
        expect(await ftp.list()).toHaveLength(2);
      });
      expect(dialogue.filter((line) => line === `> ${way}`)).toHaveLength(3);
      expect(await sha256(join(place.served, 'put'))).toBe(await sha256(content));
    });
  }

  testOfCore('resumes a download and an upload, and appends', async (place) => {
    const content = await plant(join(place.served, 'file.bin'), 300_000);
    await plant(join(place.local, 'file.bin'), content.subarray(0, 12_345));
    await plant(join(place.local, 'whole.bin'), content);
    await plant(join(place.served, 'up.bin'), content.subarray(0, 54_321));
    await connected(place, async (ftp) => {
      await ftp.downloadTo(join(place.local, 'file.bin'), 'file.bin', 12_345);
      await ftp.appendFrom(join(place.local, 'whole.bin'), 'up.bin', { localStart: 54_321 });
    });
    expect(await sha256(join(place.local, 'file.bin'))).toBe(await sha256(content));
    expect(await sha256(join(place.served, 'up.bin'))).toBe(await sha256(content));
  });

  test('makes directories, renames, deletes, removes, and asks for sizes and times', async (place) => {
    await plant(join(place.served, 'old name'));
    await plant(join(place.served, 'unwanted "file"'));
    await plant(join(place.served, 'heap/of/files'));
    await mkdir(join(place.served, 'unwanted'));
    await connected(place, async (ftp) => {
      await ftp.ensureDir('new/deep 🦆/er');
      expect(await ftp.pwd()).toBe(`${place.remote}/new/deep 🦆/er`);
      await ftp.cd(place.remote);
      await ftp.ensureDir('new');
      await ftp.cd('..');
      await ftp.rename('old name', 'new/größer "1"');
      await ftp.remove('unwanted "file"');
      await ftp.removeEmptyDir('unwanted');
      await ftp.removeDir('heap');
      expect(await ftp.size('new/größer "1"')).toBe(3_000);
      const { mtimeMs } = await stat(join(place.served, 'new/größer "1"'));
      expect((await ftp.lastMod('new/größer "1"')).getTime()).toBe(Math.floor(mtimeMs / 1_000) * 1_000);
    });
    const names = Object.keys(await treeOf(place.served)).sort();
    expect(names).toEqual(['new/', 'new/deep 🦆/', 'new/deep 🦆/er/', 'new/größer "1"']);
  });

  test('mirrors a tree both ways', async (place) => {
    await plantAll(join(place.local, 'tree'), TREE);
    await mkdir(join(place.local, 'tree/empty'));
    await connected(place, async (ftp) => {
      await ftp.uploadFromDir(join(place.local, 'tree'), 'there');
      expect(await treeOf(join(place.served, 'there'))).toEqual(await treeOf(join(place.local, 'tree')));
      await ftp.downloadToDir(join(place.local, 'back'), 'there');
      expect(await treeOf(join(place.local, 'back'))).toEqual(await treeOf(join(place.local, 'tree')));
    });
  });

  testOfCore('is told 550 for what is missing, and goes on', async (place) => {
    await connected(place, async (ftp) => {
      await expect(ftp.downloadTo(join(place.local, 'x'), 'missing')).rejects.toMatchObject({ code: 550 });
      await expect(ftp.cd('missing')).rejects.toMatchObject({ code: 550 });
      await ftp.uploadFrom(Readable.from(['text']), 'file');
      expect(await readFile(join(place.served, 'file'), 'utf8')).toBe('text');
    });
  });

  testOfCore('leaves in the middle of a download, and comes back', async (place) => {
    const content = await plant(join(place.served, 'big.bin'), BIG_BYTES);
    await connected(place, async (ftp) => {
      ftp.trackProgress(({ bytes }) => {
        if (bytes > 0) ftp.close();
      });
      await expect(ftp.downloadTo(join(place.local, 'part'), 'big.bin')).rejects.toThrow();
    });
    await connected(place, async (ftp) => {
      await ftp.downloadTo(join(place.local, 'whole'), 'big.bin');
    });
    expect(await sha256(join(place.local, 'whole'))).toBe(await sha256(content));
  });
});
