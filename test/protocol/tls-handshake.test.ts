import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FtpServer, MemoryFileSystem } from '../../src/index.ts';
import type { ControlClient } from '../support/control-client.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { greeted, protectedClient, startTlsServer } from '../support/test-server.ts';
import { clientHello, tlsVersions } from '../support/tls-client.ts';

const HANDSHAKE_MS = 200;
const files = { '/file': 'content' };

/** What clients do instead of a handshake, over a connection in which the server waits for one. */
const unfinished: Readonly<Record<string, (write: (octets: Uint8Array) => void) => Promise<void>>> = {
  'says nothing': async () => {},
  'stops in the middle of its first word': async (write) => {
    const hello = await clientHello();
    write(hello.subarray(0, hello.length / 2));
  },
  'says its first word and no other': async (write) => write(await clientHello()),
  'says its first word octet by octet': async (write) => {
    const hello = await clientHello();
    let at = 0;
    // The last one would come long after the deadline.
    const dripping = setInterval(() => write(hello.subarray(at, ++at)), HANDSHAKE_MS / 20);
    onTestFinished(() => clearInterval(dripping));
  },
};

/** What clients say that can be seen at once to be none. */
const garbage: Readonly<Record<string, Buffer>> = {
  'a command': Buffer.from('USER anonymous\r\n'),
  'another protocol': Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'),
  zeros: Buffer.alloc(100),
  'a record that is too long': Buffer.concat([Buffer.of(22, 3, 1, 0xff, 0xff), Buffer.alloc(0xffff)]),
  'data before the handshake': Buffer.concat([Buffer.of(23, 3, 3, 0, 32), Buffer.alloc(32)]),
  'an alert': Buffer.of(21, 3, 1, 0, 2, 2, 40),
};

/** AUTH TLS, and no handshake behind it. */
async function beginTls(client: ControlClient): Promise<void> {
  expect(await client.code('AUTH TLS')).toBe(234);
  client.takeOctets();
}

/** Fulfilled when the server has closed the connection, on which it says nothing that is a reply. */
async function sentAway(client: ControlClient): Promise<void> {
  const said = await client.octets();
  expect(said.toString('latin1')).not.toMatch(/^[1-5]\d\d[ -]/m);
  client.socket.end();
  await client.closed();
}

async function nobodyIsLeft(server: FtpServer): Promise<void> {
  await expect.poll(() => server.stats().connected).toBe(0);
  expect(await server.who()).toEqual([]);
}

describe('S19: a client that, on the control connection,', () => {
  test.each(Object.entries(unfinished))('%s is sent away when its time is over', async (_what, begin) => {
    const { log, lines } = recordedLog();
    const server = await startTlsServer({ handshakeMs: HANDSHAKE_MS }, { log });
    const client = await greeted(server);
    const started = performance.now();
    await beginTls(client);
    await begin((octets) => client.write(octets));
    await sentAway(client);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(HANDSHAKE_MS - 5);
    // No octet has the deadline begin anew.
    expect(took).toBeLessThan(HANDSHAKE_MS * 10);
    await nobodyIsLeft(server);
    expect(lines).toContainEqual(
      expect.stringMatching(/^info TLS handshake failed .*connection=control reason=timeout$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^info disconnected .*reason="TLS handshake failed"$/));
  });

  test.each(Object.entries(garbage))('begins with %s is sent away at once', async (_what, octets) => {
    const server = await startTlsServer({}, {});
    const client = await greeted(server);
    await beginTls(client);
    client.write(octets);
    await sentAway(client);
    await nobodyIsLeft(server);
  });

  test.each(['end', 'resetAndDestroy'] as const)('leaves in the middle, by %s(), is not waited for', async (how) => {
    const server = await startTlsServer();
    const client = await greeted(server);
    await beginTls(client);
    const hello = await clientHello();
    client.write(hello.subarray(0, 100));
    await new Promise((resolve) => client.socket.write(hello.subarray(100, 200), resolve));
    client.socket[how]();
    await client.closed();
    await nobodyIsLeft(server);
  });
});

describe('S19: a client that, on a data connection,', () => {
  test.each(Object.entries(unfinished))('%s gets 522, and goes on', async (_what, begin) => {
    const { log, lines } = recordedLog();
    const fileSystem = new MemoryFileSystem({ files });
    const server = await startTlsServer({ handshakeMs: HANDSHAKE_MS }, { fileSystem, log });
    const client = await protectedClient(server);
    for (const line of ['RETR file', 'STOR new']) {
      const data = await client.passive();
      await begin((octets) => void (data.socket.destroyed || data.socket.write(octets)));
      const started = performance.now();
      expect([await client.code(line), (await client.reply()).code]).toEqual([150, 522]);
      expect(performance.now() - started).toBeLessThan(HANDSHAKE_MS * 10);
      data.socket.destroy();
    }
    expect(fileSystem.exists('/new')).toBe(false);
    expect(lines.filter((line) => /^warn TLS handshake failed .*reason=timeout$/.test(line))).toHaveLength(2);
    expect((await client.download('RETR file', {})).octets.toString()).toBe('content');
  });

  test.each(Object.entries(garbage))('begins with %s gets 522 at once', async (_what, octets) => {
    const fileSystem = new MemoryFileSystem({ files });
    const client = await protectedClient(await startTlsServer({}, { fileSystem }));
    for (const line of ['RETR file', 'STOR file']) {
      const data = await client.passive();
      data.socket.write(octets);
      expect([await client.code(line), (await client.reply()).code]).toEqual([150, 522]);
      data.socket.destroy();
    }
    expect(fileSystem.readFile('/file').toString()).toBe('content');
  });
});

describe('S19: handshakes that fail', () => {
  /** Each kind of them, on control and data connections. */
  async function failAll(server: FtpServer): Promise<void> {
    const strangers = [...Array(10).keys()].map(async (i) => {
      const client = await greeted(server);
      await beginTls(client);
      if (i % 2) client.write(await clientHello());
      await sentAway(client);
    });
    await Promise.all(strangers);
    const client = await protectedClient(server);
    for (const line of ['RETR file', 'STOR new']) {
      const data = await client.passive();
      data.socket.write(await clientHello());
      expect([await client.code(line), (await client.reply()).code]).toEqual([150, 522]);
      data.socket.destroy();
    }
    await client.command('QUIT');
    client.close();
    await nobodyIsLeft(server);
    // With the ports that it keeps for data connections.
    await server.close({ graceMs: 0 });
  }

  test.runIf(process.platform === 'linux')('leave no descriptor behind, and nothing to do', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const start = () => startTlsServer({ handshakeMs: 50 }, { fileSystem: new MemoryFileSystem({ files }) });
    await failAll(await start());
    const before = descriptors();
    await failAll(await start());
    for (let turn = 0; turn < 1_000 && descriptors() > before; turn++) await nextTurn();
    expect(descriptors()).toBeLessThanOrEqual(before);
    const idle = process.cpuUsage();
    await wait(300);
    const { user, system } = process.cpuUsage(idle);
    // In microseconds: half of a processor would be somebody who turns round and round.
    expect(user + system).toBeLessThan(150_000);
  });

  test('leave those that come after them as they are', async () => {
    const fileSystem = new MemoryFileSystem({ files });
    const server = await startTlsServer({ dataResumption: 'require', handshakeMs: 500 }, { fileSystem });
    for (const [, options] of tlsVersions) {
      for (let i = 0; i < 5; i++) {
        const failing = await greeted(server);
        await beginTls(failing);
        failing.write(garbage.zeros!);
        const client = await protectedClient(server, options);
        const session = await client.protection.session;
        expect((await client.download('RETR file', { ...options, session })).last.code).toBe(226);
        await sentAway(failing);
        client.close();
      }
    }
  });
});

test.each(tlsVersions)(
  'S5: many handshakes at a time over %s have each the keys of its own session',
  async (_version, options) => {
    const fileSystem = new MemoryFileSystem({ files });
    const server = await startTlsServer({ dataResumption: 'require' }, { fileSystem });
    // More than are kept prepared.
    const clients = await Promise.all(Array.from({ length: 40 }, () => protectedClient(server, options)));
    const outcomes = clients.map(async (client) => {
      const session = await client.protection.session;
      return (await client.download('RETR file', { ...options, session })).last.code;
    });
    expect(new Set(await Promise.all(outcomes))).toEqual(new Set([226]));
    const [first, second] = clients as [ControlClient, ControlClient];
    const session = await first.protection.session;
    const data = await second.passive({ ...options, session });
    expect([await second.code('RETR file'), (await second.reply()).code]).toEqual([150, 522]);
    data.socket.destroy();
  },
);

describe('S19: in the middle of a handshake', () => {
  test.each(['control', 'data'])('on a %s connection, the server can be closed at once', async (which) => {
    const fileSystem = new MemoryFileSystem({ files });
    const server = await startTlsServer({}, { fileSystem });
    const client = which === 'data' ? await protectedClient(server) : await greeted(server);
    if (which === 'data') await client.passive();
    expect(await client.code(which === 'data' ? 'RETR file' : 'AUTH TLS')).toBe(which === 'data' ? 150 : 234);
    const started = performance.now();
    await server.close({ graceMs: 0 });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('a server that closes in order does not wait for it, and says nothing in the clear', async () => {
    const server = await startTlsServer();
    const client = await greeted(server);
    await beginTls(client);
    const started = performance.now();
    await server.close({ graceMs: 10_000 });
    expect(performance.now() - started).toBeLessThan(2_000);
    await sentAway(client);
  });

  test('a client can be sent away by an administrator, without a word in the clear', async () => {
    const server = await startTlsServer();
    const client = await greeted(server);
    await beginTls(client);
    const gone = once(server, 'disconnect');
    expect(await server.kick((await server.who())[0]!.id)).toBe(true);
    expect(await gone).toMatchObject([{ reason: 'kicked' }]);
    await sentAway(client);
  });

  test('the time for the login goes on, and ends it as well', async () => {
    const server = await startTlsServer({}, { timeouts: { loginMs: 200 } });
    const client = await greeted(server);
    await beginTls(client);
    await sentAway(client);
    await nobodyIsLeft(server);
  });
});
