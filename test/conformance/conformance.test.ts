import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
// What is built and published, by the package's own name: some architectures start processes that run it.
import { ftpServiceSpec, hashPassword, type RunningServer } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type Skippable, skipped } from './skip-list.ts';
import { recordSession } from './transcript.ts';

const USER = 'tester';
const PASSWORD = 'secret';
const PASSWORD_HASH = await hashPassword(PASSWORD);
const LARGE = 30_000_000;

/** What a client of a server is told when the server stops. */
const GOODBYE = '421 The server is shutting down.';

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s', (name, runner) => {
  async function start(): Promise<RunningServer> {
    const root = await temporaryDirectory();
    const service = ftpServiceSpec({
      root,
      accounts: [{ name: USER, passwordHash: PASSWORD_HASH, permissions: 'read-write' }],
      anonymous: 'read-only',
      logins: { failureDelayMs: 0 },
      log: { level: 'silent' },
    });
    // Enough for three clients, and quick to start.
    const running = await runner.run({ service, listen: { host: '127.0.0.1', port: 0 }, workers: 3 });
    onTestFinished(() => running.close({ graceMs: 0 }));
    rootOf.set(running, root);
    return running;
  }
  const rootOf = new WeakMap<RunningServer, string>();

  async function login(running: RunningServer): Promise<ControlClient> {
    // Whose login costs no hashing.
    const client = await ControlClient.login(running.address, 'anonymous', '');
    onTestFinished(() => client.close());
    return client;
  }

  /** A download that has begun and of which nothing has been read yet. */
  async function download(running: RunningServer) {
    await writeFile(join(rootOf.get(running)!, 'large'), Buffer.alloc(LARGE));
    const client = await login(running);
    await client.command('TYPE I');
    const data = await client.passive();
    expect(await client.code('RETR large')).toBe(150);
    return { client, data };
  }

  test('has the same session as every other, to the last octet', async () => {
    const running = await start();
    await expect(await recordSession(running.address, USER, PASSWORD)).toMatchFileSnapshot('session.txt');
  });

  test('counts clients', async () => {
    const running = await start();
    expect(await running.stats()).toEqual({ connected: 0, served: 0 });
    const client = await login(running);
    expect(await running.stats()).toEqual({ connected: 1, served: 0 });
    await client.command('QUIT');
    await left(client);
    await expect.poll(() => running.stats()).toEqual({ connected: 0, served: 1 });
  });

  testUnlessSkipped(
    'two clients at a time',
    'serves a client while another one is there, and a third in the middle of a transfer',
    async () => {
      const running = await start();
      const first = await login(running);
      const { client: second, data } = await download(running);
      const third = await login(running);
      for (const client of [first, third, first]) expect(await client.code('PWD')).toBe(257);
      expect(await running.stats()).toEqual({ connected: 3, served: 0 });
      expect(await data.everything()).toHaveLength(LARGE);
      expect((await second.reply()).code).toBe(226);
    },
  );

  test.runIf(skipped[name]?.['two clients at a time'])(
    'greets the next client when the one before it has left',
    async () => {
      const running = await start();
      const first = await login(running);
      const second = await ControlClient.connectRaw(running.address);
      onTestFinished(() => second.close());
      let greeted = false;
      const greeting = second.reply().then((answer) => {
        greeted = true;
        return answer;
      });
      // Everything that the first one does happens while the second waits.
      for (let turn = 0; turn < 20; turn++) expect(await first.code('NOOP')).toBe(200);
      expect(greeted).toBe(false);
      await first.command('QUIT');
      first.socket.end();
      expect((await greeting).code).toBe(220);
      expect(await second.code('NOOP')).toBe(200);
    },
  );

  test('W30: says 421 to an idle client when it is closed', async () => {
    const running = await start();
    const client = await login(running);
    const closed = running.close({ graceMs: 10_000 });
    expect((await client.reply()).lines).toEqual([GOODBYE]);
    await left(client);
    await closed;
  });

  test('accepts nobody from the moment it is closed, lets a transfer come to its end, and then says 421', async () => {
    const running = await start();
    const { client, data } = await download(running);
    let isClosed = false;
    const closed = running.close({ graceMs: 10_000 }).then(() => {
      isClosed = true;
    });
    await expect.poll(() => refuses(running)).toBe(true);
    expect(isClosed).toBe(false);
    expect(await data.everything()).toHaveLength(LARGE);
    expect((await client.reply()).code).toBe(226);
    expect((await client.reply()).lines).toEqual([GOODBYE]);
    await left(client);
    await closed;
  });

  test('ends a transfer that takes longer than the grace', async () => {
    const running = await start();
    const { client } = await download(running);
    await running.close({ graceMs: 50 });
    await left(client);
  });

  test('ends at once when it is closed again without a grace', async () => {
    const running = await start();
    const { client } = await download(running);
    const started = performance.now();
    const closed = running.close({ graceMs: 60_000 });
    await running.close({ graceMs: 0 });
    await closed;
    expect(performance.now() - started).toBeLessThan(1_500);
    await left(client);
    // And once more, when all is over.
    await running.close();
  });

  test.runIf(process.platform === 'linux')('leaves no descriptor and no listening port behind', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    // What the first session loads may stay open.
    await useAndClose();
    const before = descriptors();
    for (let round = 0; round < 3; round++) await useAndClose();
    for (let turn = 0; turn < 1_000 && descriptors() > before; turn++) await nextTurn();
    expect(descriptors()).toBeLessThanOrEqual(before);
  });

  async function useAndClose(): Promise<void> {
    const running = await start();
    const { client, data } = await download(running);
    await data.everything();
    await client.reply();
    await client.passive().then(({ socket }) => socket.destroy());
    await running.close({ graceMs: 0 });
    await left(client);
    expect(await refuses(running)).toBe(true);
  }

  test('does not start on a port that is taken: the error of listen(2)', async () => {
    const running = await start();
    const again = runner.run({
      service: ftpServiceSpec({ root: '.' }),
      listen: { host: '127.0.0.1', port: running.address.port },
    });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  function testUnlessSkipped(what: Skippable, title: string, run: () => Promise<void>): void {
    const reason = skipped[name]?.[what];
    if (reason === undefined) test(title, run);
    else test.skip(`${title} (${name} ${reason})`, () => {});
  }
});

test('the skip list names architectures that there are', () => {
  const names = architectures.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(skipped)));
});

/** Fulfilled when both sides of the control connection are closed. */
async function left(client: ControlClient): Promise<void> {
  client.socket.end();
  await client.closed();
}

async function refuses({ address }: RunningServer): Promise<boolean> {
  const socket = connect({ host: address.address, port: address.port });
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    return true;
  } finally {
    socket.destroy();
  }
}
