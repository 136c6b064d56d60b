import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Presence, Runner, RunningServer } from 'ohai-ftpd';
import { describe, expect, test } from 'vitest';
import type { ControlClient } from '../support/control-client.ts';
import { descriptorsOf } from '../support/process-tree.ts';
import { underFault } from './fault-table.ts';
import {
  beginDownload,
  beginUpload,
  endRunningThreads,
  endUnit,
  fileTree,
  LARGE,
  left,
  loggedIn,
  rowsOf,
  samePlace,
  serveFtp,
  writer,
} from './ftp-under-fault.ts';

const WORKERS = 3;

const withUnits = underFault.filter(({ crashTakes }) => crashTakes === 'the client' || crashTakes === 'the unit');
const withRequestThreads = underFault.filter(({ crashTakes }) => crashTakes === 'the request');

describe.runIf(process.platform === 'linux').each(withUnits)('$name, a unit of which is killed', (row) => {
  const { runner } = row;

  test('loses the clients of that unit in the middle of their transfers, and no others', async () => {
    const running = await serveFtp(runner, await fileTree(), { workers: WORKERS });
    const { clients, rows } = await clientsInSeveralUnits(running);
    const transfers = await Promise.all(clients.map(beginDownload));
    const place = rows[0]!.place;
    const lost = transfers.filter((_, n) => samePlace(rows[n]!.place, place));
    const others = transfers.filter((transfer) => !lost.includes(transfer));
    if (row.crashTakes === 'the client') expect(lost).toHaveLength(1);

    endUnit(place);
    for (const { client, data } of lost) {
      await left(client);
      const octets = await data.everything().catch(() => Buffer.alloc(0));
      expect(octets.length).toBeLessThan(LARGE);
    }
    expect(await rowsOf(running, others.length)).toEqual(
      rows.filter((each) => !samePlace(each.place, place)).map(({ id }) => expect.objectContaining({ id })),
    );
    expect(running.stats().served).toBe(lost.length);
    for (const { client, data } of others) {
      expect(await data.everything()).toHaveLength(LARGE);
      expect((await client.reply()).code).toBe(226);
    }
  });

  test('serves as many as before with the units that take the place of all', async () => {
    const running = await serveFtp(runner, await fileTree(), { workers: WORKERS });
    const clients = await Promise.all(Array.from({ length: WORKERS }, () => loggedIn(running)));
    for (const { place } of await rowsOf(running, WORKERS)) endUnit(place);
    await Promise.all(clients.map(left));
    await rowsOf(running, 0);
    const next = await Promise.all(Array.from({ length: WORKERS }, () => loggedIn(running)));
    for (const client of next) expect(await client.code('PWD')).toBe(257);
  });

  test('keeps no descriptor of it, and the file that an upload was to replace', async () => {
    const root = await fileTree();
    await writeFile(join(root, 'uploads/kept'), 'old');
    const running = await serveFtp(runner, root, { workers: 1 });
    await loseOne(running);
    const before = descriptorsOf(process.pid);
    for (let round = 0; round < 2; round++) await loseOne(running);
    await expect.poll(() => descriptorsOf(process.pid)).toBeLessThanOrEqual(before);
    expect(await readFile(join(root, 'uploads/kept'), 'latin1')).toBe('old');
  });

  /** One client whose unit is killed in the middle of an upload; what it had open is closed on its side. */
  async function loseOne(running: RunningServer): Promise<void> {
    const { client, data } = await beginUpload(await writer(running), 'uploads/kept');
    const [{ place }] = (await rowsOf(running, 1)) as [Presence];
    endUnit(place);
    await left(client);
    data.socket.destroy();
    await rowsOf(running, 0);
    // Which comes when the next one is there.
    await left(await loggedIn(running));
    await rowsOf(running, 0);
  }
});

describe.each(withUnits.filter(({ standing, crashTakes }) => standing && crashTakes === 'the client'))(
  '$name, the only unit of which is killed',
  ({ runner }) => {
    test('serves the client that waits with the next one', async () => {
      const running = await serveFtp(runner, await fileTree(), { workers: 1 });
      const first = await loggedIn(running);
      const [{ place }] = (await rowsOf(running, 1)) as [Presence];
      const second = loggedIn(running);
      // The second one has come: it is behind a third that the kernel has let in after it.
      endUnit(place);
      await left(first);
      expect(await (await second).code('PWD')).toBe(257);
    });

    test('is closed at once when nobody is there any more', async () => {
      const running = await serveFtp(runner, await fileTree(), { workers: 1 });
      const { client } = await beginDownload(await loggedIn(running));
      const [{ place }] = (await rowsOf(running, 1)) as [Presence];
      const closed = running.close({ graceMs: 10_000 });
      endUnit(place);
      await left(client);
      const started = performance.now();
      await closed;
      expect(performance.now() - started).toBeLessThan(2_000);
    });
  },
);

describe.each(withRequestThreads)('$name, a thread of which is ended', ({ runner }: { runner: Runner }) => {
  test('loses the request that ran there, and neither its client nor another', async () => {
    const root = await fileTree();
    // A hole, whose digest takes seconds all the same.
    await writeFile(join(root, 'vast'), '');
    await truncate(join(root, 'vast'), 2 ** 33);
    const running = await serveFtp(runner, root, { workers: WORKERS });
    const [one, other] = [await loggedIn(running), await loggedIn(running)];
    const answer = one.command('HASH vast');
    // As soon as it has begun; before that, there is nothing to be ended.
    const ending = setInterval(endRunningThreads, 50);
    expect((await answer).code).toBe(451);
    clearInterval(ending);
    for (const client of [one, other]) expect(await client.code('PWD')).toBe(257);
    expect(running.stats()).toEqual({ connected: 2, served: 0 });
  });
});

/** Clients that have logged in, not all in the same unit, and their rows. */
async function clientsInSeveralUnits(
  running: RunningServer,
): Promise<{ clients: ControlClient[]; rows: readonly Presence[] }> {
  const clients: ControlClient[] = [];
  let rows: readonly Presence[] = [];
  while (clients.length < WORKERS || rows.every(({ place }) => samePlace(place, rows[0]!.place))) {
    clients.push(await loggedIn(running));
    rows = await rowsOf(running, clients.length);
  }
  return { clients, rows };
}
