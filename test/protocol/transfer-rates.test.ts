import { describe, expect, test } from 'vitest';
import { createFtpServer, type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import { ControlClient } from '../support/control-client.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';

const CONTENT = Buffer.alloc(100_000, 'content\n');
/** What a transfer may be ahead of its rate: see RateLimiter. */
const AHEAD_MS = 100;

type MaxRates = NonNullable<FtpServerOptions['maxBytesPerSecond']>;

async function start(maxBytesPerSecond: MaxRates, options: FtpServerOptions = {}) {
  const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
  return startTestServer({ fileSystem, maxBytesPerSecond, ...options });
}

/** Transfers of all the octets, all at the same time, and how long they took. */
async function transfer(clients: readonly ControlClient[], verb: 'RETR' | 'STOR', type = 'I'): Promise<number> {
  for (const client of clients) await client.command(`TYPE ${type}`);
  const before = performance.now();
  await Promise.all(
    clients.map(async (client, index) => {
      if (verb === 'STOR') {
        expect((await client.upload(`STOR new${index}`, CONTENT)).last.code).toBe(226);
      } else {
        const { octets, last } = await client.download('RETR file');
        expect(last.code).toBe(226);
        if (type === 'I') expect(octets.equals(CONTENT)).toBe(true);
      }
    }),
  );
  return performance.now() - before;
}

/** So many transfers of all the octets at `bytesPerSecond` together take at least. */
const atLeastMs = (transfers: number, bytesPerSecond: number) =>
  ((transfers * CONTENT.length) / bytesPerSecond) * 1000 - AHEAD_MS;

describe('the rate of a transfer', () => {
  test.each(['RETR', 'STOR'] as const)('is kept by %s', async (verb) => {
    const server = await start({ perTransfer: 400_000 });
    const clients = [await loggedIn(server), await loggedIn(server)];
    expect(await transfer(clients, verb)).toBeGreaterThan(atLeastMs(1, 400_000));
  });

  test.each(['RETR', 'STOR'] as const)('is kept by %s in TYPE A', async (verb) => {
    const server = await start({ perTransfer: 400_000 });
    expect(await transfer([await loggedIn(server)], verb, 'A')).toBeGreaterThan(atLeastMs(1, 400_000));
  });

  test('is shared by all sessions of a user, and by nobody else', async () => {
    const server = await start({ perUser: 800_000 });
    const users = ['one', 'one', 'two'];
    const clients = await Promise.all(users.map((user) => ControlClient.login(server.address, user)));
    const order: string[] = [];
    const durations = clients.map(async (client, index) => {
      const durationMs = await transfer([client], 'RETR');
      order.push(users[index]!);
      return durationMs;
    });
    expect(Math.max(...(await Promise.all(durations)))).toBeGreaterThan(atLeastMs(2, 800_000));
    expect(order).toEqual(['two', 'one', 'one']);
    for (const client of clients) client.close();
  });

  test('is shared by all of the server, in both directions', async () => {
    const server = await start({ server: 800_000 });
    const [one, two] = [await loggedIn(server), await loggedIn(server)];
    const before = performance.now();
    await Promise.all([transfer([one], 'RETR'), transfer([two], 'STOR')]);
    expect(performance.now() - before).toBeGreaterThan(atLeastMs(2, 800_000));
  });

  test('may be an account’s own', async () => {
    const server = await start(
      { perUser: 1_000 },
      {
        authenticator: {
          authenticate: async ({ user }) => ({
            name: user,
            home: '/',
            permissions: ['read', 'list'],
            maxBytesPerSecond: 400_000,
          }),
        },
      },
    );
    const durationMs = await transfer([await loggedIn(server)], 'RETR');
    expect(durationMs).toBeGreaterThan(atLeastMs(1, 400_000));
    expect(durationMs).toBeLessThan(atLeastMs(1, 1_000));
  });

  test('holds for strangers together', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
    const maxBytesPerSecond = { perUser: 1_000, anonymous: 800_000 };
    await using server = createFtpServer({ fileSystem, anonymous: 'read-only', maxBytesPerSecond });
    const address = await server.listen({ port: 0 });
    const clients = await Promise.all(['ftp', 'anonymous'].map((name) => ControlClient.login(address, name)));
    expect(await transfer(clients, 'RETR')).toBeGreaterThan(atLeastMs(2, 800_000));
    for (const client of clients) client.close();
  });

  test('does not keep ABOR waiting', async () => {
    const client = await loggedIn(await start({ perTransfer: 1 }));
    await client.passive();
    expect((await client.command('RETR file')).code).toBe(150);
    expect(await client.code('ABOR')).toBe(426);
    expect((await client.reply()).code).toBe(226);
  });

  test.each(['RETR', 'STOR'] as const)('does not let %s pass for stalled', async (verb) => {
    // One chunk takes longer than the time after which nothing moves.
    const server = await start({ perTransfer: 200_000 }, { timeouts: { stallMs: 150 } });
    expect(await transfer([await loggedIn(server)], verb)).toBeGreaterThan(atLeastMs(1, 200_000));
  });
});
