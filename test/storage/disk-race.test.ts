import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { kernelJailAvailable } from '../../src/storage/kernel-jail.ts';
import { StorageError } from '../../src/storage/storage-error.ts';
import { makeDiskFixture, snapshot } from './disk-fixture.ts';
import { load } from './file-system-suite.ts';

const DURATION_MS = 1200;

/** Swaps `root/place`, a directory, for a link that leads outside, and back, until it is told to stop. */
const SWAPPER = `
const { workerData, parentPort } = require('node:worker_threads');
const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
const { place, aside, targets, stop } = workerData;
const flag = new Int32Array(stop);
parentPort.postMessage('swapping');
for (let round = 0; Atomics.load(flag, 0) === 0; round++) {
  renameSync(place, aside);
  symlinkSync(targets[round % targets.length], place);
  unlinkSync(place);
  renameSync(aside, place);
}
parentPort.postMessage('stopped');
parentPort.close();
`;

describe.runIf(kernelJailAvailable())('DiskFileSystem', () => {
  it('S9: touches nothing outside while a directory is swapped for a link all the time', async () => {
    const { root, outside, dispose } = makeDiskFixture();
    const place = join(root, 'place');
    mkdirSync(place);
    for (const name of ['secret', 'file']) writeFileSync(join(place, name), 'inside');
    writeFileSync(join(outside, 'file'), 'outside');
    const before = snapshot(outside);

    const stop = new SharedArrayBuffer(4);
    const targets = [outside, '../outside'];
    const swapper = new Worker(SWAPPER, {
      eval: true,
      workerData: { place, aside: join(root, 'aside'), targets, stop },
    });
    const ended = new Promise((resolve, reject) => swapper.once('exit', resolve).once('error', reject));
    await new Promise((resolve) => swapper.once('message', resolve));

    const disk = new DiskFileSystem({ root });
    let [done, refused] = [0, 0];
    /** Anything may be refused while the link is there; what is not must have happened inside. */
    const attempt = async (work: () => Promise<unknown>) => {
      try {
        await work();
        done += 1;
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        refused += 1;
      }
    };
    try {
      const deadline = Date.now() + DURATION_MS;
      while (Date.now() < deadline) {
        await attempt(async () => expect(await load(disk, '/place/file')).not.toContain('outside'));
        await attempt(async () => {
          await using file = await disk.write('/place/file', { mode: 'replace' });
          await file.write(Buffer.from('inside again'));
          await file.commit();
        });
        await attempt(async () => {
          await using file = await disk.write('/place/secret', { mode: 'append' });
          await file.write(Buffer.from('+'));
          await file.commit();
        });
        await attempt(() => disk.makeDirectory('/place/made'));
        await attempt(() => disk.removeDirectory('/place/made'));
        await attempt(() => disk.rename('/place/secret', '/place/renamed'));
        await attempt(() => disk.rename('/place/renamed', '/place/secret'));
        await attempt(() => disk.setMode('/place/secret', 0o640));
        await attempt(() => disk.setTimes('/place/file', { modifiedMs: 1 }));
        await attempt(() => disk.removeFile('/place/file'));
      }
    } finally {
      Atomics.store(new Int32Array(stop), 0, 1);
      await ended;
      disk.close();
    }

    const after = snapshot(outside);
    await dispose();
    expect(after).toEqual(before);
    // Without both the race has not been run.
    expect(done).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  });
});
