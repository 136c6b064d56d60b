import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunningServer } from 'ohai-ftpd';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { underFault } from './fault-table.ts';
import {
  beginDownload,
  beginUpload,
  fileTree,
  left,
  loggedIn,
  rowsOf,
  serveFtp,
  type Transfer,
  writer,
} from './ftp-under-fault.ts';

const CROWD = 300;

/** Where each is a new process or thread: as many as show that they wait for each other. test/leaks has all. */
const SMALL_CROWD = 16;

/** What a client has done when it resets its connections. */
const STAGES: Readonly<
  Record<string, (running: RunningServer) => Promise<Pick<Transfer, 'client'> & Partial<Transfer>>>
> = {
  'has just connected': async (running) => ({ client: await ControlClient.connectRaw(running.address) }),
  'has connected and closed its side': async (running) => {
    const client = await ControlClient.connectRaw(running.address);
    client.socket.end();
    return { client };
  },
  'has been greeted': async (running) => ({ client: await ControlClient.connect(running.address) }),
  'has sent half a line': async (running) => {
    const client = await ControlClient.connect(running.address);
    client.write('USER anony');
    return { client };
  },
  'has sent its user and not waited': async (running) => {
    const client = await ControlClient.connect(running.address);
    client.send('USER anonymous');
    return { client };
  },
  'has logged in': async (running) => ({ client: await loggedIn(running) }),
  'waits for a data connection': async (running) => {
    const client = await loggedIn(running);
    await client.command('EPSV');
    client.send('RETR large');
    return { client };
  },
  'has made its data connection': async (running) => {
    const client = await loggedIn(running);
    return { client, data: await client.passive() };
  },
  'is in the middle of a download': async (running) => beginDownload(await loggedIn(running)),
  'is in the middle of an upload': async (running) => beginUpload(await writer(running), 'uploads/cut'),
  'has said QUIT': async (running) => {
    const client = await loggedIn(running);
    client.send('QUIT');
    return { client };
  },
};

describe.each(underFault)('$name', (row) => {
  const { name, runner } = row;

  test('goes on when clients reset, whatever they have done before', async () => {
    const troubles: Error[] = [];
    const running = await serveFtp(runner, await fileTree(), { onError: (error) => troubles.push(error) });
    let served = 0;
    for (const [stage, reach] of Object.entries(STAGES)) {
      const { client, data } = await reach(running);
      data?.socket.resetAndDestroy();
      client.socket.resetAndDestroy();
      served += 1;
      const message = `a client that ${stage} has left`;
      await expect.poll(() => running.stats(), { message, timeout: 5_000 }).toEqual({ connected: 0, served });
    }
    expect(await (await loggedIn(running)).code('PWD')).toBe(257);
    expect(troubles).toEqual([]);
  });

  const crowd = row.standing || row.units === 'none' ? CROWD : SMALL_CROWD;

  test(`serves ${crowd} clients that come at once to 4 workers, one sooner and one later`, async () => {
    const running = await serveFtp(runner, await fileTree(), { workers: 4, maxConnections: 4 });
    await Promise.all(Array.from({ length: crowd }, () => shortSession(running)));
    await rowsOf(running, 0);
    expect(running.stats().served).toBe(crowd);
  });

  test('keeps what uploads were to replace, and no part of them, when it is closed meanwhile', async () => {
    const root = await fileTree();
    await writeFile(join(root, 'uploads/replaced'), 'old');
    const running = await serveFtp(runner, root);
    const uploads = [await beginUpload(await writer(running), 'uploads/replaced')];
    // The second one has nothing to replace.
    if (name !== 'serial') uploads.push(await beginUpload(await writer(running), 'uploads/new'));
    await running.close({ graceMs: 50 });
    for (const { client } of uploads) await left(client);
    expect(await readFile(join(root, 'uploads/replaced'), 'latin1')).toBe('old');
    expect((await readdir(join(root, 'uploads'))).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });
});

/** @throws Error when it is not served. */
async function shortSession({ address }: RunningServer): Promise<void> {
  const client = await ControlClient.connect(address);
  onTestFinished(() => client.close());
  if ((await client.code('QUIT')) !== 221) throw new Error('no goodbye');
  await left(client);
}
