import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FtpServer, MemoryFileSystem } from '../../src/index.ts';
import type { ControlClient } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { farewell } from './farewell.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

async function codes(client: ControlClient, count: number): Promise<number[]> {
  const received: number[] = [];
  while (received.length < count) received.push((await client.reply()).code);
  return received;
}

describe('long lines', () => {
  test.each([
    ['before login', greeted],
    ['after login', loggedIn],
  ])(
    'S11: a line of 8 MiB without an end gets one 500 %s, and the session goes on behind its end',
    async (_when, connect) => {
      const client = await connect(await startTestServer());
      const part = Buffer.alloc(1024 * 1024, 'a');
      for (let i = 0; i < 8; i++) client.write(part);
      expect((await client.reply()).code).toBe(500);
      client.write('\r\nNOOP\r\n');
      expect((await client.reply()).code).toBe(200);
    },
  );

  test('S11: a command hidden in a line that is too long is not run', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': '' } });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    for (const length of [4091, 4096, 8187, 8192, 65_536]) {
      const { socket } = client;
      socket.write(`NOOP ${'a'.repeat(length - 5)}DELE file\r\n`);
      expect([200, 500]).toContain((await client.reply()).code);
      expect(fileSystem.exists('/file')).toBe(true);
      // The third line in a row that is too long ends the session: see the next test.
      if (length === 8192) break;
    }
    expect(await client.code('PWD')).toBe(257);
  });

  test('S11: the third line that is too long is the last one', async () => {
    const client = await loggedIn(await startTestServer());
    const end = farewell(client);
    const tooLong = `${'a'.repeat(10_000)}\r\n`;
    client.write(tooLong.repeat(3));
    expect(await codes(client, 3)).toEqual([500, 500, 421]);
    expect(await end).toBe('end');
  });
});

describe('pipelined commands', () => {
  test('10,000 NOOPs in one go get 10,000 replies', async () => {
    const client = await loggedIn(await startTestServer());
    client.write(`${'NOOP\r\n'.repeat(10_000)}PWD\r\n`);
    expect(await codes(client, 10_001)).toEqual([...Array<number>(10_000).fill(200), 257]);
  });

  test('10,000 commands get their replies in order, also when nobody reads these for a while', async () => {
    const client = await loggedIn(await startTestServer());
    client.socket.pause();
    const names = Array.from({ length: 10_000 }, (_, i) => `d${i}`);
    client.write(names.map((name) => `MKD ${name}\r\n`).join(''));
    await new Promise(setImmediate);
    client.socket.resume();
    for (const name of names) expect((await client.reply()).lines).toEqual([`257 "/${name}" created.`]);
  });
});

describe('commands while a transfer runs', () => {
  async function clientInTransfer(): Promise<{ client: ControlClient; fileSystem: StorageWithVastFile }> {
    const fileSystem = new StorageWithVastFile({ files: { '/small': 'octets' } });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    const data = await vastTransfer(client);
    onTestFinished(() => void data.socket.destroy());
    return { client, fileSystem };
  }

  test('ABOR in the same segment as its RETR ends that', async () => {
    const fileSystem = new StorageWithVastFile();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    const data = await client.passive();
    client.write('RETR vast\r\nABOR\r\nNOOP\r\n');
    expect(await codes(client, 4)).toEqual([150, 426, 226, 200]);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(fileSystem.open).toBe(0);
  });

  test('ABOR in the same segment as EPSV and RETR, and nobody comes for the data', async () => {
    const fileSystem = new StorageWithVastFile();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    client.write('TYPE I\r\nEPSV\r\nRETR vast\r\nABOR\r\nNOOP\r\n');
    expect(await codes(client, 6)).toEqual([200, 229, 150, 426, 226, 200]);
    expect(fileSystem.open).toBe(0);
  });

  test('an ABOR ends one transfer, not the one behind it', async () => {
    const { client } = await clientInTransfer();
    client.write('ABOR\r\nEPSV\r\n');
    expect(await codes(client, 3)).toEqual([426, 226, 229]);
    expect((await client.download('RETR small')).octets.toString()).toBe('octets');
  });

  test('NOOP and STAT are answered at once, and STAT tells how far it is', async () => {
    const { client } = await clientInTransfer();
    expect(await client.code('NOOP')).toBe(200);
    const { code, lines } = await client.command('STAT');
    expect(code).toBe(211);
    expect(lines.join('\n')).toMatch(/RETR \/vast: \d+ of 1073741824 bytes/);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('what cannot be answered waits, and so does everything behind it', async () => {
    const { client } = await clientInTransfer();
    client.write('NOOP\r\nPWD\r\nNOOP\r\nABOR\r\nNOOP\r\n');
    expect(await codes(client, 6)).toEqual([200, 426, 257, 200, 226, 200]);
  });

  test('200 pipelined commands are all answered in order when the transfer is over', async () => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STOR new');
    const offsets = Array.from({ length: 200 }, (_, i) => i);
    client.write(offsets.map((offset) => `REST ${offset}\r\n`).join(''));
    data.socket.end('octets');
    data.socket.resume();
    expect((await client.reply()).code).toBe(226);
    for (const offset of offsets) expect((await client.reply()).lines).toEqual([`350 Restarting at ${offset}.`]);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('QUIT lets the transfer end: 226, and then 221', async () => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    const end = farewell(client);
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STOR new');
    client.send('QUIT');
    data.socket.end('octets');
    data.socket.resume();
    expect(await codes(client, 2)).toEqual([226, 221]);
    expect(await end).toBe('end');
    expect(fileSystem.readFile('/new').toString()).toBe('octets');
  });

  test('a client that says QUIT and closes its side at once still gets its 226 and 221', async () => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STOR new');
    client.socket.end('QUIT\r\n');
    await once(client.socket, 'finish');
    data.socket.end('octets');
    data.socket.resume();
    expect(await codes(client, 2)).toEqual([226, 221]);
    expect(fileSystem.readFile('/new').toString()).toBe('octets');
  });
});

describe('clients that vanish in the middle of a transfer', () => {
  async function gone(server: FtpServer): Promise<void> {
    await once(server, 'disconnect');
    // The connection is taken off the list right behind the event.
    while (server.stats().connected > 0) await new Promise(setImmediate);
  }

  test.each(['reset', 'end'] as const)(
    'of an upload, control connection closed by %s: nothing is left behind',
    async (how) => {
      const root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-robust-'));
      onTestFinished(() => rm(root, { recursive: true }));
      const server = await startTestServer({ root, brokenUploads: 'delete' });
      const client = await loggedIn(server);
      await client.command('TYPE I');
      const data = await client.passive();
      await client.command('STOR new');
      data.socket.write('half of it');
      const left = gone(server);
      if (how === 'reset') client.socket.resetAndDestroy();
      else client.socket.end();
      await left;
      expect(await readdir(root)).toEqual([]);
      data.socket.resume();
      expect(await data.outcome).toBe('reset');
    },
  );

  test('of an upload, data connection reset: 426, nothing is left, and the session goes on', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-robust-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const client = await loggedIn(await startTestServer({ root, brokenUploads: 'delete' }));
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STOR new');
    data.socket.write('half of it', () => data.socket.resetAndDestroy());
    expect((await client.reply()).code).toBe(426);
    expect(await readdir(root)).toEqual([]);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('of a download: the file is closed', async () => {
    const fileSystem = new StorageWithVastFile();
    const server = await startTestServer({ fileSystem });
    const client = await loggedIn(server);
    const data = await vastTransfer(client);
    const left = gone(server);
    client.socket.resetAndDestroy();
    await left;
    expect(fileSystem.open).toBe(0);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
  });

  test('of a download, data connection closed: 426, the file is closed, and the session goes on', async () => {
    const fileSystem = new StorageWithVastFile();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    for (const leave of ['destroy', 'resetAndDestroy'] as const) {
      const data = await vastTransfer(client);
      data.socket[leave]();
      expect((await client.reply()).code).toBe(426);
      expect(fileSystem.open).toBe(0);
    }
    expect(await client.code('NOOP')).toBe(200);
  });
});
