import { describe, expect, test } from 'vitest';
import type { FtpServerOptions } from '../../src/index.ts';
import type { ControlClient, ReceivedReply } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { FAULTS, FaultyStorage, SECRET } from './faulty-storage.ts';
import { LINES } from './likely-lines.ts';

const TRANSFERS = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD']);

const WITH_OFFSET = new Set(['RETR x', 'STOR x', 'HASH x']);

/** What comes between a command and the answer to a marker behind it, which waits for its turn as nearly all do. */
async function repliesTo(client: ControlClient, line: string): Promise<ReceivedReply[]> {
  const data = TRANSFERS.has(line.split(' ')[0]!) ? await client.passive() : undefined;
  data?.socket.resume().end('octets');
  client.write(`${line}\r\nCSID Name=marker;\r\n`);
  const replies: ReceivedReply[] = [];
  for (;;) {
    const reply = await client.reply();
    if (reply.lines[0]!.startsWith('200 Name=')) break;
    replies.push(reply);
  }
  data?.socket.destroy();
  return replies;
}

describe('S24, W35: every command gets exactly one final reply, whatever the storage does', () => {
  test.each(Object.keys(FAULTS))('S24, W35: a storage that %s', async (name) => {
    const fileSystem = new FaultyStorage({ files: { '/x': 'octets' } });
    const logged: unknown[] = [];
    const silent = () => {};
    const log = { debug: silent, info: silent, warn: silent, error: (...all: unknown[]) => logged.push(all) };
    const client = await loggedIn(await startTestServer({ fileSystem, recursiveListingLimit: 10, log }));
    await client.command('RNFR x');
    fileSystem.breakDown(FAULTS[name]!);
    for (const line of ['RNTO y', 'TYPE A', ...LINES, 'TYPE I', ...WITH_OFFSET]) {
      if (WITH_OFFSET.has(line)) await client.command('REST 3');
      const replies = await repliesTo(client, line);
      const shown = replies.map(({ lines }) => lines.join('\n')).join('\n');
      expect(
        replies.filter(({ code }) => code >= 200),
        `${line}\n${shown}`,
      ).toHaveLength(1);
      expect(replies.length).toBeLessThanOrEqual(2);
      expect(shown, line).not.toMatch(/TypeError|RangeError|Cannot read|is not a function|\.ts:|ENOENT/);
      expect(shown, line).not.toContain(SECRET);
    }
    expect(await client.code('NOOP')).toBe(200);
    expect(logged.length).toBeGreaterThan(0);
  });

  test('S24, W35: after such a fault the session works, and so do the others', async () => {
    const fileSystem = new FaultyStorage({ files: { '/x': 'octets' } });
    const server = await startTestServer({ fileSystem });
    const client = await loggedIn(server);
    const read = fileSystem.read.bind(fileSystem);
    Object.assign(fileSystem, { read: FAULTS['throws at once'] });
    const refused = await client.download('RETR x');
    expect(refused.last.code).toBe(451);
    Object.assign(fileSystem, { read });
    expect((await client.download('RETR x')).octets.toString()).toBe('octets');
    expect((await (await loggedIn(server)).download('RETR x')).octets.toString()).toBe('octets');
  });

  test.each(Object.entries(FAULTS).filter(([name]) => /throws|rejects/.test(name) && !/files|directories/.test(name)))(
    'S24, W35: an authenticator that %s',
    async (_name, fault) => {
      const authenticate = fault as NonNullable<FtpServerOptions['authenticator']>['authenticate'];
      const server = await startTestServer({ authenticator: { authenticate } });
      const client = await greeted(server);
      for (let i = 0; i < 3; i++) {
        expect(await client.code('USER x')).toBe(331);
        const { code, lines } = await client.command('PASS x');
        expect(code).toBe(451);
        expect(lines.join()).not.toContain(SECRET);
        expect(await client.code('PWD')).toBe(530);
      }
    },
  );

  test('S24, W35: a storage that is broken when somebody logs in', async () => {
    for (const fault of Object.values(FAULTS)) {
      const fileSystem = new FaultyStorage();
      fileSystem.breakDown(fault);
      const client = await greeted(await startTestServer({ fileSystem }));
      await client.command('USER x');
      const replies = await repliesTo(client, 'PASS secret');
      expect(replies).toHaveLength(1);
      expect([230, 530, 451]).toContain(replies[0]!.code);
      expect(replies[0]!.lines.join()).not.toContain(SECRET);
    }
  });
});
