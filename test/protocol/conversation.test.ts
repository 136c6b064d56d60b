import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryFileSystem } from '../../src/index.ts';
import { FtpService } from '../../src/services/ftp.ts';
import { checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { protocolSettings } from '../../src/services/ftp-settings.ts';
import { createLog } from '../../src/services/log.ts';
import { ControlClient } from '../support/control-client.ts';
import { seat } from '../support/seat.ts';
import { everybody, greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

describe('a conversation', () => {
  test('sees the ABOR behind more NOOPs than it reads ahead', async () => {
    const client = await loggedIn(await startTestServer({ fileSystem: new StorageWithVastFile() }));
    const data = await vastTransfer(client);
    client.write('NOOP\r\n'.repeat(100));
    for (let i = 0; i < 100; i++) expect((await client.reply()).code).toBe(200);
    expect(await client.code('ABOR')).toBe(426);
    expect((await client.reply()).code).toBe(226);
    data.socket.destroy();
  });

  test('tells a client that pipelines commands without a pause that the server stops', async () => {
    const server = await startTestServer();
    const client = await loggedIn(server);
    client.write('NOOP\r\n'.repeat(20_000));
    await client.reply();
    const closed = server.close({ graceMs: 60_000 });
    let code = 200;
    while (code === 200) ({ code } = await client.reply());
    expect(code).toBe(421);
    client.socket.end();
    await closed;
  });

  test('S11: goes on no faster than the client reads, also beside a transfer', async () => {
    const files = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`/many/file-${index}`, '']));
    const storage = new StorageWithVastFile({ files });
    const { port, accepted } = await servedSocket(storage);
    const client = await ControlClient.login({ address: '127.0.0.1', port });
    onTestFinished(() => client.close());
    const data = await vastTransfer(client);
    const control = await accepted;
    client.socket.pause();
    client.write('STAT many\r\n'.repeat(5_000));
    while (!control.writableNeedDrain) await nextTurn();
    for (let turn = 0; turn < 500; turn++) await nextTurn();
    // One answer of 900 lines, and what was on its way; not five thousand.
    expect(control.writableLength).toBeLessThan(500_000);
    data.socket.destroy();
  });

  test('S11: reads no more than a few lines ahead of a command that waits', async () => {
    const { port, accepted } = await servedSocket(new StorageWithVastFile());
    const client = await ControlClient.login({ address: '127.0.0.1', port });
    onTestFinished(() => client.close());
    const data = await vastTransfer(client);
    const control = await accepted;
    client.write('PWD\r\n'.repeat(2_000_000));
    while (!control.isPaused()) await nextTurn();
    for (let turn = 0; turn < 500; turn++) await nextTurn();
    // Of ten megabytes, one piece that the lines were in, and what the socket had read before it paused.
    expect(control.bytesRead).toBeLessThan(300_000);
    data.socket.destroy();
  });

  test('leaves no descriptor behind when an ABOR comes in the last moment of a transfer', async () => {
    const files = { '/small': Buffer.alloc(100_000) };
    const client = await loggedIn(await startTestServer({ fileSystem: new MemoryFileSystem({ files }) }));
    await client.command('TYPE I');
    const session = async () => {
      const data = await client.passive();
      const gone = once(data.socket, 'close');
      data.socket.resume();
      client.write('RETR small\r\n');
      await once(data.socket, 'data');
      client.write('ABOR\r\n');
      // 150, 226 or 426 of the transfer, and the answer to ABOR.
      for (let i = 0; i < 3; i++) await client.reply();
      data.socket.destroy();
      await gone;
    };
    // The listeners of passive ports are kept, up to a number: these bind all of them.
    for (let i = 0; i < 40; i++) await session();
    const before = (await readdir('/proc/self/fd')).length;
    for (let i = 0; i < 100; i++) await session();
    for (let turn = 0; turn < 100; turn++) await nextTurn();
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10);
  });

  test('sends names in replies octet for octet, also those that are not UTF-8', async () => {
    const client = await loggedIn(await startTestServer());
    const octets: string[] = [];
    client.socket.on('data', (text: string) => octets.push(text));
    client.write(Buffer.from('MKD caf\xe9\r\n', 'latin1'));
    await client.reply();
    expect(octets.join('')).toContain('257 "/caf\xe9" created.');
  });

  test.each([
    ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map((method) => `${method} /x HTTP/1.1`),
    ...['CONNECT ftp.example.com:21 HTTP/1.1', 'get /x', 'PRI * HTTP/2.0', 'Host: example.com'],
  ])('S4: sends a browser that begins with %j away before it can say more', async (line) => {
    const client = await greeted(await startTestServer());
    client.write(`${line}\r\nUSER tester\r\nPASS secret\r\nMKD pwned\r\n`);
    expect((await client.reply()).code).toBe(421);
    client.socket.end();
    await client.closed();
    await expect(client.reply()).rejects.toThrow('closed');
  });
});

test('ABOR behind a STAT of a path ends the listing with 426, not with a part of it', async () => {
  const storage = new MemoryFileSystem({ files: { '/a': '', '/b': '' } });
  const client = await loggedIn(await startTestServer({ fileSystem: storage }));
  client.write('STAT /\r\nABOR\r\n');
  expect((await client.reply()).code).toBe(426);
  expect((await client.reply()).code).toBe(226);
});

test('S19: a login that takes longer than its timeout does not succeed behind the 421', async () => {
  let decide!: () => void;
  const authenticator: typeof everybody = {
    authenticate: async (credentials, client) => {
      await new Promise<void>((resolve) => {
        decide = resolve;
      });
      return everybody.authenticate(credentials, client);
    },
  };
  const server = await startTestServer({ authenticator, timeouts: { loginMs: 100 } });
  const events: string[] = [];
  server.on('login', () => events.push('login'));
  const left = once(server, 'disconnect');
  const client = await greeted(server);
  await client.command('USER tester');
  expect(await client.code('PASS secret')).toBe(421);
  client.socket.end();
  decide();
  await left;
  expect(events).toEqual([]);
});

describe('what one command sets up for the next', () => {
  const files = { '/f': Buffer.alloc(1_000) };

  test.each(['RNFR f', 'XYZZ', 'PWD'])('W17: %s between REST and RETR cancels the restart', async (between) => {
    const client = await loggedIn(await startTestServer({ fileSystem: new MemoryFileSystem({ files }) }));
    await client.command('TYPE I');
    await client.command('REST 100');
    await client.command(between);
    expect((await client.download('RETR f')).octets).toHaveLength(1_000);
  });

  test('a refused RNFR leaves nothing for RNTO', async () => {
    const client = await loggedIn(await startTestServer({ fileSystem: new MemoryFileSystem({ files }) }));
    expect(await client.code('RNFR f')).toBe(350);
    expect(await client.code('RNFR missing')).toBe(550);
    expect(await client.code('RNTO g')).toBe(503);
  });
});

test('S19: a download of which nothing is read is called stalled', async () => {
  const timeouts = { stallMs: 200 };
  const client = await loggedIn(await startTestServer({ fileSystem: new StorageWithVastFile(), timeouts }));
  const data = await vastTransfer(client);
  expect((await client.reply()).lines[0]).toBe('426 Data connection stalled; transfer aborted.');
  data.socket.destroy();
});

/** A service behind a listening socket of the test's own, so that the server's end of a connection can be looked at. */
async function servedSocket(fileSystem: MemoryFileSystem): Promise<{ port: number; accepted: Promise<Socket> }> {
  const service = new FtpService({
    settings: protocolSettings(checkFtpServiceOptions({ root: '.' })),
    authenticator: everybody,
    fileSystem,
    board: { who: async () => [], kick: async () => false },
    log: createLog({ level: 'silent', format: 'text' }),
  });
  const listener = createServer({ allowHalfOpen: true, noDelay: true });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const accepted = once(listener, 'connection').then(([stream]: Socket[]) => {
    const local = { address: '127.0.0.1', port };
    const remote = { address: '127.0.0.1', port: stream!.remotePort! };
    void service.serve({ stream: stream!, local, remote, entrance: 0, seat: seat('1') });
    return stream!;
  });
  onTestFinished(async () => {
    listener.close();
    (await accepted).destroy();
    await service[Symbol.asyncDispose]();
  });
  return { port, accepted };
}
