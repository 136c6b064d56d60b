import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createFtpServer, type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import { CommandHandler } from '../../src/protocol/command-handler.ts';
import { PassivePorts } from '../../src/protocol/passive-ports.ts';
import { type Reply, repliesOf } from '../../src/protocol/reply.ts';
import { newSession } from '../../src/protocol/session.ts';
import { checkFtpServiceOptions } from '../../src/services/ftp-options.ts';
import { protocolSettings } from '../../src/services/ftp-settings.ts';
import { type ControlClient, DataClient } from '../support/control-client.ts';
import { ipv6LoopbackAvailable } from '../support/ipv6.ts';
import { presences } from '../support/presences.ts';
import { rates } from '../support/rates.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';
import { extendedPassiveParsers, passiveParsers } from './client-parsers.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

const CONTENT = 'one\ntwo\n';

const everybody: NonNullable<FtpServerOptions['authenticator']> = {
  authenticate: async ({ user }) => ({ name: user, home: '/', permissions: ['list', 'read'] }),
};

async function clientWithFile(): Promise<ControlClient> {
  const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
  return loggedIn(await startTestServer({ fileSystem }));
}

function dataClientFor(port: number, host = '127.0.0.1'): DataClient {
  const data = new DataClient(connect({ host, port, allowHalfOpen: true }));
  onTestFinished(() => void data.socket.destroy());
  return data;
}

describe('W1: what comes between PASV or EPSV and the transfer leaves the data channel alone', () => {
  const BETWEEN = [
    'TYPE A',
    'MODE S',
    'STRU F',
    'SIZE file',
    'MDTM file',
    'OPTS UTF8 ON',
    'PBSZ 0',
    'TYPE I',
    'REST 4',
  ];

  test('W1: a data connection that was made before them is used', async () => {
    const client = await clientWithFile();
    const data = await client.passive();
    for (const line of BETWEEN) await client.command(line);
    expect(await client.code('RETR file')).toBe(150);
    expect((await data.everything()).toString()).toBe('two\n');
    expect((await client.reply()).code).toBe(226);
  });

  test('W1: a data connection that is made after them is used', async () => {
    const client = await clientWithFile();
    const { lines } = await client.command('PASV');
    for (const line of BETWEEN) await client.command(line);
    const data = dataClientFor(passiveParsers.ftplib!(lines[0]!)!.port);
    expect(await client.code('RETR file')).toBe(150);
    expect((await data.everything()).toString()).toBe('two\n');
    expect((await client.reply()).code).toBe(226);
  });

  test('W1: PORT and EPRT survive them as well', async () => {
    const client = await clientWithFile();
    const { server, data } = await client.active();
    onTestFinished(() => void server.close());
    for (const line of BETWEEN) await client.command(line);
    expect(await client.code('RETR file')).toBe(150);
    expect((await (await data).everything()).toString()).toBe('two\n');
    expect((await client.reply()).code).toBe(226);
  });
});

describe('W2: the data connection may come before or after the command', () => {
  test('W2: 150 comes while there is no data connection yet', async () => {
    const client = await clientWithFile();
    await client.command('TYPE I');
    const { lines } = await client.command('EPSV');
    expect(await client.code('RETR file')).toBe(150);
    const data = dataClientFor(extendedPassiveParsers.curl!(lines[0]!));
    expect((await data.everything()).toString()).toBe(CONTENT);
    expect((await client.reply()).code).toBe(226);
  });

  test('W2: 150 comes while nobody reads the data connection that was made before', async () => {
    const client = await loggedIn(await startTestServer({ fileSystem: new StorageWithVastFile() }));
    await client.command('TYPE I');
    const data = await client.passive();
    onTestFinished(() => void data.socket.destroy());
    expect(await client.code('RETR vast')).toBe(150);
  });

  test('W2: an upload may be sent, and ended, before the command', async () => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    const data = await client.passive();
    data.socket.end('early');
    expect(await client.code('STOR early')).toBe(150);
    expect((await client.reply()).code).toBe(226);
    expect(fileSystem.readFile('/early').toString()).toBe('early');
  });
});

describe('W11: the 227', () => {
  test.each(Object.keys(passiveParsers))('W11: %s finds the address in it', async (name) => {
    const client = await clientWithFile();
    await client.command('TYPE I');
    const { lines } = await client.command('PASV');
    const { host, port } = passiveParsers[name]!(lines[0]!)!;
    const data = dataClientFor(port, host);
    expect(await client.code('RETR file')).toBe(150);
    expect((await data.everything()).toString()).toBe(CONTENT);
  });

  test('W11: has the form of RFC 959 and no other run of numbers with commas', async () => {
    const { lines } = await (await clientWithFile()).command('PASV');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^227 Entering Passive Mode \(127,0,0,1,\d{1,3},\d{1,3}\)\.$/);
    expect(lines[0]!.match(/\d+(?:,\d+)+/g)).toHaveLength(1);
  });
});

describe('W12: the 229', () => {
  test.each(Object.keys(extendedPassiveParsers))('W12: %s finds the port in it', async (name) => {
    const client = await clientWithFile();
    await client.command('TYPE I');
    const { lines } = await client.command('EPSV');
    const data = dataClientFor(extendedPassiveParsers[name]!(lines[0]!));
    expect(await client.code('RETR file')).toBe(150);
    expect((await data.everything()).toString()).toBe(CONTENT);
  });

  test('W12: has nothing else in parentheses', async () => {
    const { lines } = await (await clientWithFile()).command('EPSV');
    expect(lines).toEqual([expect.stringMatching(/^229 Entering Extended Passive Mode \(\|\|\|\d{4,5}\|\)$/)]);
  });
});

describe('W13: protocols and EPSV ALL', () => {
  test.runIf(ipv6LoopbackAvailable())('W13: on IPv6 PASV is refused, and EPSV and EPRT work', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
    const server = createFtpServer({ authenticator: everybody, fileSystem });
    await server.listen({ host: '::1', port: 0 });
    onTestFinished(() => server.close({ graceMs: 0 }));
    const client = await loggedIn(server);
    await client.command('TYPE I');
    expect(await client.code('PASV')).toBe(425);
    expect(await client.code('EPSV 2')).toBe(229);
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
    const { server: listening, data } = await client.active();
    onTestFinished(() => void listening.close());
    expect(await client.code('RETR file')).toBe(150);
    expect((await (await data).everything()).toString()).toBe(CONTENT);
  });

  test('W13: the family behind EPSV and EPRT is checked, and 522 lists those that can be had', async () => {
    const client = await clientWithFile();
    expect(await client.code('EPSV 1')).toBe(229);
    expect((await client.command('EPSV 2')).lines).toEqual([expect.stringMatching(/^522 .*\(1(?:,2)?\)$/)]);
    expect((await client.command('EPSV 3')).lines).toEqual([expect.stringMatching(/^522 .*\(1(?:,2)?\)$/)]);
    expect((await client.command('EPRT |3|127.0.0.1|2000|')).lines).toEqual([
      '522 Network protocol not supported, use (1,2)',
    ]);
    expect(await client.code('EPSV x')).toBe(501);
  });

  test('W13: after EPSV ALL there is EPSV only, and a transfer that was aborted does not change that', async () => {
    const client = await loggedIn(await startTestServer({ fileSystem: new StorageWithVastFile() }));
    expect(await client.code('EPSV ALL')).toBe(200);
    const data = await vastTransfer(client);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    data.socket.destroy();
    for (const line of ['PASV', 'PORT 127,0,0,1,200,10', 'EPRT |1|127.0.0.1|51210|']) {
      expect(await client.code(line), line).toBe(503);
    }
    expect(await client.code('EPSV')).toBe(229);
  });
});

describe('W14: the address in the 227', () => {
  /** Talks to the protocol without a socket, since no test can come from the Internet. */
  async function passiveReplyFor(clientAddress: string): Promise<string> {
    const session = newSession('1', { address: clientAddress, port: 50_000 }, { address: '127.0.0.1', port: 21 });
    const passivePorts = new PassivePorts();
    const silent = () => {};
    const handler = new CommandHandler(session, {
      settings: protocolSettings(checkFtpServiceOptions({ root: '.', passive: { host: '203.0.113.7' } })),
      authenticator: everybody,
      storageFor: () => fileSystem,
      passivePorts,
      presences,
      rates,
      emit: silent,
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    const fileSystem = new MemoryFileSystem();
    onTestFinished(async () => {
      handler[Symbol.dispose]();
      await passivePorts[Symbol.asyncDispose]();
    });
    const replies: Reply[] = [];
    for (const line of ['USER x', 'PASS x', 'PASV'])
      for await (const reply of repliesOf(handler.handle(line))) replies.push(reply);
    return `${replies.at(-1)!.code} ${replies.at(-1)!.lines[0]}`;
  }

  test.each(['127.0.0.1', '10.1.2.3', '172.16.0.9', '192.168.1.2', '::ffff:192.168.1.2'])(
    'W14: %s, which is on our side of the router, gets the local one',
    async (address) => {
      expect(passiveParsers.curl!(await passiveReplyFor(address))!.host).toBe('127.0.0.1');
    },
  );

  test.each(['198.51.100.4', '172.32.0.1', '8.8.8.8'])(
    'W14: %s, which comes from outside, gets the public one',
    async (address) => {
      expect(passiveParsers.curl!(await passiveReplyFor(address))!.host).toBe('203.0.113.7');
    },
  );

  test('W14: a client on this machine gets the address that it connected to, which basic-ftp insists on', async () => {
    const client = await loggedIn(await startTestServer({ passive: { host: '203.0.113.7' } }));
    const { lines } = await client.command('PASV');
    expect(passiveParsers['basic-ftp']!(lines[0]!)!.host).toBe('127.0.0.1');
  });
});
