import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ftpServiceSpec, hashPassword, type RunningServer } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { extendedPassivePort } from '../../bench/client/reply-reader.ts';
import { ControlClient, DataClient } from '../support/control-client.ts';

const CONTENT = 'what the client has stored';

// Cheap to check: what is tested is not how long that takes.
const PASSWORD_HASH = await hashPassword('secret', { ln: 4, r: 8, p: 1 });

// Linux has the whole of 127.0.0.0/8 for strangers to come from.
describe.runIf(process.platform === 'linux').each(architectures.map((runner) => [runner.name, runner] as const))(
  '%s',
  (_name, runner) => {
    let root: string;
    let running: RunningServer;

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-security-'));
      await mkdir(join(root, 'alice'));
      await mkdir(join(root, 'bob'));
      await writeFile(join(root, 'bob/secret'), CONTENT);
      const service = ftpServiceSpec({
        root,
        accounts: [
          { name: 'alice', passwordHash: PASSWORD_HASH, home: '/alice', permissions: 'read-write' },
          { name: 'reader', passwordHash: PASSWORD_HASH, permissions: 'read-only' },
        ],
        logins: { failureDelayMs: 0 },
        log: { level: 'silent' },
      });
      running = await runner.run({ service, listen: { host: '127.0.0.1', port: 0 }, workers: 2 });
    });
    afterAll(async () => {
      await running.close({ graceMs: 0 });
      await rm(root, { recursive: true });
    });

    async function greeted(): Promise<ControlClient> {
      const client = await ControlClient.connect(running.address);
      onTestFinished(() => goneBeforeTheNext(client));
      return client;
    }

    /** Serial has room for one. */
    async function goneBeforeTheNext(client: ControlClient): Promise<void> {
      client.close();
      await expect.poll(() => running.stats().connected).toBe(0);
    }

    async function loggedIn(user: string): Promise<ControlClient> {
      const client = await greeted();
      await client.command(`USER ${user}`);
      expect(await client.code('PASS secret')).toBe(230);
      await client.command('TYPE I');
      return client;
    }

    test('S4: sends a browser away, and who says ten times what nobody understands', async () => {
      const browser = await greeted();
      browser.write('POST / HTTP/1.1\r\nHost: x\r\n\r\nUSER alice\r\nPASS secret\r\nMKD pwned\r\n');
      expect((await browser.reply()).code).toBe(421);
      browser.socket.end();
      await browser.closed();
      await expect(browser.reply()).rejects.toThrow('closed');

      const stranger = await greeted();
      stranger.write('\x16\x03\x01\r\n'.repeat(10));
      for (let unknown = 1; unknown < 10; unknown++) expect((await stranger.reply()).code).toBe(500);
      expect((await stranger.reply()).code).toBe(421);
    });

    test('S5: lets neither a stranger nor a second connection take the place of its client', async () => {
      const client = await loggedIn('alice');
      const port = extendedPassivePort(await client.command('EPSV'));
      const dial = (localAddress: string) =>
        new DataClient(connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true }));
      const stranger = dial('127.0.0.2');
      stranger.socket.resume();
      expect(await stranger.outcome).toBe('reset');
      const own = dial('127.0.0.1');
      await once(own.socket, 'connect');
      const second = dial('127.0.0.1');
      second.socket.resume();
      expect(await second.outcome).toBe('reset');
      expect(await client.code('STOR stored')).toBe(150);
      own.socket.end(CONTENT);
      expect((await client.reply()).code).toBe(226);
      expect(await readFile(join(root, 'alice/stored'), 'utf8')).toBe(CONTENT);
    });

    test('S6: connects to nobody but its client', async () => {
      const client = await loggedIn('alice');
      await client.command('MKD listed');
      let connections = 0;
      const sink = createServer((socket) => {
        connections += 1;
        socket.destroy();
      }).listen(0, '127.0.0.2');
      onTestFinished(() => void sink.close());
      await once(sink, 'listening');
      const { port } = sink.address() as AddressInfo;
      expect(await client.code(`PORT 127,0,0,2,${port >> 8},${port & 255}`)).toBe(504);
      expect(await client.code(`EPRT |2|::ffff:127.0.0.2|${port}|`)).toBe(504);
      expect(await client.code('EPRT |1|127.0.0.1|22|')).toBe(504);
      expect(await client.code('LIST')).toBe(425);
      expect(connections).toBe(0);
    });

    test('S10: lets each do what the account may, in its own home', async () => {
      const stranger = await greeted();
      for (const line of ['RETR secret', 'SITE WHO', 'SITE CHMOD 777 x', 'LIST', 'STOR x']) {
        expect(await stranger.code(line)).toBe(530);
      }
      await stranger.command('USER reader');
      expect(await stranger.code('PASS secret')).toBe(230);
      for (const line of [
        'DELE bob/secret',
        'STOR x',
        'SITE CHMOD 777 bob/secret',
        'RNFR bob',
        'SITE COPY bob/secret x',
      ]) {
        expect(await stranger.code(line)).toBe(550);
      }
      await stranger.command('REIN');
      await stranger.command('USER alice');
      expect(await stranger.code('PASS secret')).toBe(230);
      for (const line of [
        'RETR ../bob/secret',
        'SIZE /bob/secret',
        'DELE ../../bob/secret',
        'SITE COPY /bob/secret x',
      ]) {
        if (line.startsWith('RETR')) await stranger.command('EPSV');
        expect(await stranger.code(line), line).toBe(550);
      }
      expect(await readFile(join(root, 'bob/secret'), 'utf8')).toBe(CONTENT);
    });

    test('S11: runs nothing that is hidden in a line that is too long', async () => {
      await writeFile(join(root, 'alice/file'), '');
      const client = await loggedIn('alice');
      for (const length of [4096, 8192]) {
        client.write(`NOOP ${'a'.repeat(length - 5)}DELE file\r\n`);
        expect([200, 500]).toContain((await client.reply()).code);
      }
      client.write(Buffer.alloc(1024 * 1024, 'a'));
      client.write('\r\n');
      expect((await client.reply()).code).toBe(500);
      expect(await client.code('SIZE file')).toBe(213);
    });

    test('S18: counts with digits only', async () => {
      const client = await loggedIn('alice');
      for (const trick of ['-1', '9007199254740992', '18446744073709551616', '1e9', '0x10']) {
        expect(await client.code(`REST ${trick}`)).toBe(501);
      }
    });
  },
);
