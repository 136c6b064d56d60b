import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FtpServer, type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import type { ControlClient } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';

async function codes(client: ControlClient, count: number): Promise<number[]> {
  const received: number[] = [];
  while (received.length < count) received.push((await client.reply()).code);
  return received;
}

/** Says something again and again, until the test ends. */
function keepSaying(client: ControlClient, octets: string, everyMs: number): void {
  const timer = setInterval(() => client.write(octets), everyMs);
  onTestFinished(() => clearInterval(timer));
}

describe('S4: who speaks another protocol', () => {
  test('S4: is sent away at the tenth unknown command, and not before', async () => {
    const client = await greeted(await startTestServer());
    client.write(`${'User-Agent: x\r\n'.repeat(20)}USER tester\r\nPASS secret\r\nMKD pwned\r\n`);
    expect(await codes(client, 10)).toEqual([...Array<number>(9).fill(500), 421]);
    client.socket.end();
    await client.closed();
    await expect(client.reply()).rejects.toThrow('closed');
  });

  test('S4: is sent away for ten unknown commands with known ones in between', async () => {
    const client = await greeted(await startTestServer());
    for (let unknown = 1; unknown < 10; unknown++) {
      expect(await client.code('XYZZY')).toBe(500);
      expect(await client.code('NOOP')).toBe(200);
    }
    expect(await client.code('XYZZY')).toBe(421);
  });

  test('S4: is no longer suspected after a login', async () => {
    const client = await loggedIn(await startTestServer());
    client.write(`${'XYZZY\r\n'.repeat(20)}GET / HTTP/1.1\r\nHost: x\r\nNOOP\r\n`);
    expect(await codes(client, 23)).toEqual([...Array<number>(22).fill(500), 200]);
  });
});

describe('S11: what is too much', () => {
  test('S11: 128 MiB without an end of line do not stay in memory', async () => {
    const client = await greeted(await startTestServer());
    const part = Buffer.alloc(1024 * 1024, 'a');
    const before = process.memoryUsage().rss;
    let most = 0;
    for (let sent = 0; sent < 128; sent++) {
      if (!client.socket.write(part)) await once(client.socket, 'drain');
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect((await client.reply()).code).toBe(500);
    client.write('\r\nNOOP\r\n');
    expect((await client.reply()).code).toBe(200);
    expect(most).toBeLessThan(80 * 1024 * 1024);
  });

  test.each([
    ['before login', greeted, 4096],
    ['after login', loggedIn, 8192],
  ] as const)('S11: %s a line may be exactly as long as the limit', async (_when, connect, limit) => {
    const client = await connect(await startTestServer());
    client.write(`NOOP ${'a'.repeat(limit - 5)}\r\n`);
    expect((await client.reply()).code).toBe(200);
    client.write(`NOOP ${'a'.repeat(limit - 4)}\r\n`);
    expect((await client.reply()).code).toBe(500);
  });

  test('S11: what a client sends is not sent back in a refusal', async () => {
    const client = await loggedIn(await startTestServer());
    const marker = '<script>marker\x1b[31m';
    for (const verb of [
      'XYZZY',
      'TYPE',
      'MODE',
      'STRU',
      'OPTS',
      'PORT',
      'EPRT',
      'REST',
      'ALLO',
      'SITE',
      'RETR',
      'HELP',
    ]) {
      const { lines } = await client.command(`${verb} ${marker}`);
      expect(lines.join(), verb).not.toContain('marker');
    }
  });
});

describe('S19: a client that is slow', () => {
  async function timedOut(server: FtpServer, timeouts: () => Promise<unknown>): Promise<string> {
    const left = once(server, 'disconnect');
    await timeouts();
    return (await left)[0].reason;
  }

  function serve(timeouts: FtpServerOptions['timeouts']): Promise<FtpServer> {
    return startTestServer({ timeouts, fileSystem: new MemoryFileSystem({ files: { '/file': 'content' } }) });
  }

  test.each(['', 'USER tes', 'USER tester\r\n', 'USER tester\r\nPASS sec'])(
    'S19: has until the login timeout when it says %j and nothing else',
    async (octets) => {
      const server = await serve({ loginMs: 60 });
      const reason = await timedOut(server, async () => {
        const client = await greeted(server);
        client.write(octets);
        if (octets.includes('\r\n')) expect((await client.reply()).code).toBe(331);
        expect((await client.reply()).code).toBe(421);
        client.socket.end();
      });
      expect(reason).toBe('timeout');
    },
  );

  test('S19: has no longer for sending a line octet by octet before it has logged in', async () => {
    const server = await serve({ loginMs: 100, idleMs: 60_000 });
    const client = await greeted(server);
    keepSaying(client, 'U', 10);
    expect((await client.reply()).code).toBe(421);
  });

  test('S19: is idle after the login as well while it sends a line octet by octet', async () => {
    const client = await loggedIn(await serve({ idleMs: 150 }));
    const started = performance.now();
    keepSaying(client, 'N', 10);
    expect((await client.reply()).code).toBe(421);
    expect(performance.now() - started).toBeGreaterThan(148);
  });

  test('S19: is idle while it does not read the replies to what it has sent', async () => {
    const server = await serve({ idleMs: 150 });
    const client = await loggedIn(server);
    const reason = await timedOut(server, async () => {
      client.socket.pause();
      client.write('HELP\r\n'.repeat(10_000));
    });
    expect(reason).toBe('timeout');
  });

  test('S19: loses a data connection on which it sends nothing, and keeps its session', async () => {
    const client = await loggedIn(await serve({ stallMs: 100 }));
    const data = await client.passive();
    expect(await client.code('STOR new')).toBe(150);
    data.socket.write('a part');
    expect((await client.reply()).lines).toEqual(['426 Data connection stalled; transfer aborted.']);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(await client.code('NOOP')).toBe(200);
  });
});
