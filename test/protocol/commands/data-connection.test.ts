import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFtpServer, MemoryFileSystem } from '../../../src/index.ts';
import { ipv6LoopbackAvailable } from '../../support/ipv6.ts';
import { loggedIn } from '../../support/test-server.ts';
import { everybodyIs, servedFiles, text } from './served.ts';

/** A port that must not be connected to. */
/** Listens at the client's own address and at another one, on the same port, and counts whoever comes. */
async function sink() {
  let sinkConnections = 0;
  const listen = async (address: string, port: number): Promise<number> => {
    const server = createServer((socket) => {
      sinkConnections += 1;
      socket.destroy();
    });
    await once(server.listen(port, address), 'listening');
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };
  const port = await listen('127.0.0.1', 0);
  if (process.platform === 'linux') await listen('127.0.0.2', port);
  return { port, connections: () => sinkConnections };
}

const inTwo = (port: number) => `${port >> 8},${port & 255}`;

describe('PASV', () => {
  test('W11: answers 227 with the address that the client connected to, and nothing else in numbers', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    const line = text(await client.command('PASV'));
    const match = /^227 Entering Passive Mode \((127,0,0,1),(\d+),(\d+)\)\.$/.exec(line)!;
    const socket = connect(Number(match[2]) * 256 + Number(match[3]), '127.0.0.1');
    expect(await client.code('RETR file')).toBe(150);
    const chunks = await socket.toArray();
    expect(Buffer.concat(chunks).toString()).toBe('content');
    expect((await client.reply()).code).toBe(226);
  });

  test('W14: announces the local address to a client of the local network, whatever the passive host is', async () => {
    const { client } = await servedFiles({}, { passive: { host: '203.0.113.7' } });
    expect(text(await client.command('PASV'))).toContain('(127,0,0,1,');
  });

  test.runIf(ipv6LoopbackAvailable())(
    'W13: is refused with 425 on an IPv6 connection, where EPSV and EPRT work',
    async () => {
      const server = createFtpServer({
        fileSystem: new MemoryFileSystem({ files: { '/file': 'content' } }),
        authenticator: everybodyIs({}),
      });
      await server.listen({ host: '::1', port: 0 });
      onTestFinished(() => server.close({ graceMs: 0 }));
      const client = await loggedIn(server);
      expect(await client.code('PASV')).toBe(425);
      expect(await client.code('EPSV 2')).toBe(229);
      expect(text(await client.command('EPSV 1'))).toBe('522 Network protocol not supported, use (2)');
      expect((await client.download('RETR file')).octets.toString()).toBe('content');
      const { server: listening, data } = await client.active();
      expect(await client.code('RETR file')).toBe(150);
      expect((await (await data).everything()).toString()).toBe('content');
      listening.close();
    },
  );
});

describe('EPSV', () => {
  test('W12: answers 229 with the port alone in parentheses', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('EPSV'))).toMatch(/^229 Entering Extended Passive Mode \(\|\|\|\d+\|\)$/);
  });

  test.each([
    ['1', 229],
    ['2', 522],
    ['3', 522],
    ['x', 501],
    ['1 ', 501],
  ])('W13: with %j is answered %i on an IPv4 connection', async (argument, code) => {
    const { client } = await servedFiles();
    const answer = await client.command(`EPSV ${argument}`);
    expect(answer.code).toBe(code);
    if (code === 522) expect(text(answer)).toMatch(/\(1\)$/);
  });

  test('W13: ALL refuses every other way from then on, also after an aborted transfer', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    expect(await client.code('EPSV ALL')).toBe(200);
    const refusals = async () => {
      for (const line of ['PASV', 'PORT 127,0,0,1,200,1', 'EPRT |1|127.0.0.1|50000|']) {
        expect(await client.code(line), line).toBe(503);
      }
    };
    await refusals();
    expect((await client.download('RETR file')).last.code).toBe(226);
    await client.passive();
    expect(await client.code('ABOR')).toBe(226);
    await refusals();
  });
});

describe('PORT and EPRT', () => {
  test('have the server connect to the client', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    for (let round = 0; round < 2; round++) {
      const { server, data } = await client.active();
      expect(await client.code('RETR file')).toBe(150);
      expect((await (await data).everything()).toString()).toBe('content');
      expect((await client.reply()).code).toBe(226);
      server.close();
    }
  });

  test('PORT works as EPRT does', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const connection = once(server, 'connection');
    expect(await client.code(`PORT 127,0,0,1,${inTwo((server.address() as AddressInfo).port)}`)).toBe(200);
    expect(await client.code('RETR file')).toBe(150);
    const [socket] = await connection;
    expect(Buffer.concat(await socket.toArray()).toString()).toBe('content');
    expect((await client.reply()).code).toBe(226);
  });

  test.each([
    ['PORT 127,0,0,2,P', 504],
    ['PORT 10,0,0,1,P', 504],
    ['PORT 0,0,0,0,P', 504],
    ['PORT 255,255,255,255,P', 504],
    ['EPRT |1|127.0.0.2|N|', 504],
    ['EPRT |2|::1|N|', 504],
    ['EPRT |2|::ffff:127.0.0.2|N|', 504],
    ['EPRT |2|::ffff:7f00:2|N|', 504],
    ['EPRT |2|::ffff:0.0.0.0|N|', 504],
    ['EPRT |1|0.0.0.0|N|', 504],
    ['EPRT |2|::|N|', 504],
    ['EPRT |2|::ffff:127.0.0.1|22|', 504],
    ['PORT 127,0,0,1,0,22', 504],
    ['PORT 127,0,0,1,3,255', 504],
    ['EPRT |1|127.0.0.1|80|', 504],
    ['PORT 127,0,0,1,P,1', 501],
    ['PORT 127,0,0,1', 501],
    ['PORT 127,0,0,256,P', 501],
    ['PORT 127,0,0,0x1,P', 501],
    ['PORT 127,0,0,1,P x', 501],
    ['EPRT |1|127.1|N|', 501],
    ['EPRT |1|2130706433|N|', 501],
    ['EPRT |1|0177.0.0.1|N|', 501],
    ['EPRT |1|localhost|N|', 501],
    ['EPRT |1|127.0.0.1|70000|', 501],
    ['EPRT |1|127.0.0.1|N', 501],
    ['EPRT |1|127.0.0.1|N|x', 501],
    ['EPRT |3|127.0.0.1|N|', 522],
  ])('S6: %s is refused with %i, nothing is connected, and an earlier PORT is gone', async (line, code) => {
    const { client } = await servedFiles({ '/file': 'content' });
    const { port, connections } = await sink();
    expect(await client.code(`PORT 127,0,0,1,${inTwo(port)}`)).toBe(200);
    expect(await client.code(line.replace(/\bP\b/, inTwo(port)).replace(/\bN\b/, String(port)))).toBe(code);
    // EPRT of an unknown family says only that; it names no address that could be wrong.
    if (code !== 522) expect(await client.code('RETR file')).toBe(425);
    expect(connections()).toBe(0);
  });

  test('S6: give the same reply for a port where nobody listens', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    const { port } = await sink();
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const closedPort = (unused.address() as AddressInfo).port;
    unused.close();
    await once(unused, 'close');
    expect(port).not.toBe(closedPort);
    expect(await client.code(`EPRT |1|127.0.0.1|${closedPort}|`)).toBe(200);
    expect(await client.code('RETR file')).toBe(150);
    expect(text(await client.reply())).toBe('425 Cannot open the data connection.');
  });
});

describe('the data connection', () => {
  test.each(['RETR file', 'STOR new', 'STOU', 'APPE file', 'LIST', 'NLST', 'MLSD'])(
    'must be prepared before %s: 425, and nothing is changed',
    async (line) => {
      const { client, storage } = await servedFiles({ '/file': 'content' });
      expect(text(await client.command(line))).toBe('425 Use PASV, EPSV, PORT or EPRT first.');
      expect(storage.readFile('/file').toString()).toBe('content');
      expect(storage.exists('/new')).toBe(false);
    },
  );

  test('is used up by a transfer', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    await client.download('RETR file');
    expect(await client.code('RETR file')).toBe(425);
  });

  test('S7: is the latest one prepared', async () => {
    const { client } = await servedFiles({ '/file': 'content' });
    const first = await client.passive();
    const second = await client.passive();
    expect(await client.code('RETR file')).toBe(150);
    expect((await second.everything()).toString()).toBe('content');
    expect((await client.reply()).code).toBe(226);
    first.socket.destroy();
  });

  test('S19: is waited for no longer than the settings say: 425', async () => {
    const { client } = await servedFiles({ '/file': 'content' }, { timeouts: { dataConnectionMs: 30 } });
    await client.command('EPSV');
    expect(await client.code('RETR file')).toBe(150);
    expect((await client.reply()).code).toBe(425);
    expect((await client.download('RETR file')).last.code).toBe(226);
  });
});
