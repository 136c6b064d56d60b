import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { MemoryFileSystem } from '../../src/index.ts';
import { ControlClient } from '../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../support/test-server.ts';
import { farewell } from './farewell.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

function line(...parts: (string | number)[]): Buffer {
  const octets = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part])));
  return Buffer.concat([...octets, Buffer.from('\r\n')]);
}

describe('W9: octets that mean something to Telnet', () => {
  test('W9: IAC IAC is the octet FF in a name, and comes back as that octet', async () => {
    const client = await loggedIn(await startTestServer());
    await client.command('TYPE I');
    const data = await client.passive();
    client.write(line('STOR a', 0xff, 0xff, 'b'));
    expect((await client.reply()).code).toBe(150);
    data.socket.end();
    data.socket.resume();
    expect((await client.reply()).code).toBe(226);
    expect((await client.download('NLST')).octets).toEqual(line('a', 0xff, 'b'));
    client.write(line('SIZE a', 0xff, 0xff, 'b'));
    expect((await client.reply()).lines).toEqual(['213 0']);
  });

  test('W9: CR NUL is a CR that belongs to the text', async () => {
    const users: string[] = [];
    const authenticator = {
      authenticate: async ({ user }: { readonly user: string }) => {
        users.push(user);
        return undefined;
      },
    };
    const server = await startTestServer({ authenticator, logins: { failureDelayMs: 0 } });
    const client = await greeted(server);
    client.write(line('USER a', 0x0d, 0x00, 'b'));
    expect((await client.reply()).code).toBe(331);
    expect(await client.code('PASS x')).toBe(530);
    expect(users).toEqual(['a\rb']);
  });
});

describe('W10: the stream of commands', () => {
  const SCRIPT =
    'USER tester\r\nPASS secret\r\nMKD a b\r\nCWD a b\r\nPWD\r\nXYZZ\r\nTYPE I\r\nSIZE none\r\nSYST\r\nQUIT\r\n';
  const CODES = [331, 230, 257, 250, 257, 500, 200, 550, 215, 221];

  test('W10: pipelined commands are run strictly in order, and answered in order', async () => {
    const client = await greeted(await startTestServer());
    client.write(SCRIPT);
    for (const code of CODES) expect((await client.reply()).code).toBe(code);
  });

  test('W10: commands may come octet by octet', async () => {
    const client = await greeted(await startTestServer());
    for (const octet of Buffer.from(SCRIPT)) {
      client.write(Buffer.from([octet]));
      // The server, on the same event loop, reads this octet before the next one is sent.
      await new Promise(setImmediate);
    }
    for (const code of CODES) expect((await client.reply()).code).toBe(code);
  });

  test('W10: a character of UTF-8 may be cut in two', async () => {
    const client = await loggedIn(await startTestServer());
    const octets = line('MKD Grüße 日本');
    const cut = octets.indexOf(0xbc);
    client.write(octets.subarray(0, cut));
    await new Promise(setImmediate);
    client.write(octets.subarray(cut));
    expect((await client.reply()).lines).toEqual(['257 "/Grüße 日本" created.']);
  });

  test('W10: a command that takes long keeps those behind it waiting', async () => {
    const fileSystem = new (class extends MemoryFileSystem {
      override async makeDirectory(path: string): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return super.makeDirectory(path);
      }
    })();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    client.write('MKD slow\r\nCWD slow\r\nNOOP\r\nPWD\r\n');
    expect((await client.reply()).code).toBe(257);
    expect((await client.reply()).code).toBe(250);
    expect((await client.reply()).code).toBe(200);
    expect((await client.reply()).lines[0]).toMatch(/^257 "\/slow" /);
  });

  test('W10: a line may end with LF alone', async () => {
    const client = await loggedIn(await startTestServer());
    client.write('NOOP\nPWD\n');
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([200, 257]);
  });
});

describe('W28: the argument is the rest of the line', () => {
  test.each([
    'two  words',
    ' leading',
    'trailing ',
    ' ',
    '-x',
    '"quoted"',
    '100%',
    '~',
    'ünï©ode',
    'a;b=c; d',
    "it's",
    '*',
    '[a]',
  ])('W28: %j is the name of a directory', async (name) => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    expect(await client.code(`MKD ${name}`)).toBe(257);
    expect(await client.code(`CWD ${name}`)).toBe(250);
    expect((await client.command('PWD')).lines[0]).toMatch(/^257 /);
    expect(fileSystem.exists(`/${name}`)).toBe(true);
    expect(await client.code('CDUP')).toBe(250);
    expect(await client.code(`RNFR ${name}`)).toBe(350);
    expect(await client.code(`RNTO ${name}${name}`)).toBe(250);
    expect(await client.code(`RMD ${name}${name}`)).toBe(250);
  });

  test.each([
    ['NUL', [0x00]],
    ['CR', [0x0d, 0x00]],
    ['CR in front of a letter', [0x0d]],
  ])('W28: a name with %s in it is refused', async (_name, octets) => {
    const fileSystem = new MemoryFileSystem();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    for (const verb of ['MKD', 'CWD', 'DELE', 'SIZE', 'RNFR', 'MLST']) {
      client.write(line(`${verb} a`, ...octets, 'b'));
      expect([501, 553], verb).toContain((await client.reply()).code);
    }
    for await (const entries of fileSystem.list('/', { details: false })) expect(entries).toEqual([]);
    expect(await client.code('NOOP')).toBe(200);
  });
});

describe('W29: logging in', () => {
  test('W29: USER gets the same octets for everybody, and PASS 530', async () => {
    const server = await startTestServer({ logins: { failureDelayMs: 0 } });
    const client = await greeted(server);
    const answers = new Set<string>();
    for (const user of ['tester', 'nobody', 'root', 'anonymous'])
      answers.add((await client.command(`USER ${user}`)).lines.join());
    expect([...answers]).toEqual([expect.stringMatching(/^331 /)]);
    expect(await client.code('PASS wrong')).toBe(530);
  });

  test('W29: after a 530 and after a login, USER is accepted again', async () => {
    const client = await greeted(await startTestServer({ logins: { failureDelayMs: 0 } }));
    await client.command('USER tester');
    expect(await client.code('PASS wrong')).toBe(530);
    expect(await client.code('PASS secret')).toBe(503);
    expect(await client.code('USER tester')).toBe(331);
    expect(await client.code('PASS secret')).toBe(230);
    expect(await client.code('USER other')).toBe(331);
    expect(await client.code('PWD')).toBe(530);
    expect(await client.code('PASS secret')).toBe(230);
    expect(await client.code('PWD')).toBe(257);
  });
});

describe('W30: 421 and goodbye', () => {
  test('W30: after the idle timeout', async () => {
    const client = await loggedIn(await startTestServer({ timeouts: { idleMs: 60 } }));
    const end = farewell(client);
    expect((await client.reply()).code).toBe(421);
    expect(await end).toBe('end');
  });

  test('W30: after the login timeout, even if the client keeps talking', async () => {
    const client = await greeted(await startTestServer({ timeouts: { loginMs: 80, idleMs: 60_000 } }));
    const end = farewell(client);
    const talking = setInterval(() => client.send('NOOP'), 10);
    onTestFinished(() => clearInterval(talking));
    let code: number;
    do code = (await client.reply()).code;
    while (code === 200);
    expect(code).toBe(421);
    clearInterval(talking);
    expect(await end).toBe('end');
  });

  test('W30: at shutdown, at once to the idle and after the 226 to those who transfer', async () => {
    const fileSystem = new MemoryFileSystem();
    const server = await startTestServer({ fileSystem });
    const idle = await loggedIn(server);
    const stranger = await greeted(server);
    const busy = await loggedIn(server);
    await busy.command('TYPE I');
    const data = await busy.passive();
    await busy.command('STOR new');
    const ends = [idle, stranger, busy].map((client) => farewell(client));
    const closed = server.close();
    expect((await idle.reply()).code).toBe(421);
    expect((await stranger.reply()).code).toBe(421);
    data.socket.end('all of it');
    data.socket.resume();
    expect((await busy.reply()).code).toBe(226);
    expect((await busy.reply()).code).toBe(421);
    expect(await Promise.all(ends)).toEqual(['end', 'end', 'end']);
    await closed;
    expect(fileSystem.readFile('/new').toString()).toBe('all of it');
  });

  test('W30: the idle timer does not run while a transfer does', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startTestServer({ fileSystem: new StorageWithVastFile(), timeouts: { idleMs: 60_000 } });
    const client = await loggedIn(server);
    const data = await vastTransfer(client);
    onTestFinished(() => void data.socket.destroy());
    vi.advanceTimersByTime(24 * 3_600_000);
    expect(await client.code('NOOP')).toBe(200);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    expect(await client.code('NOOP')).toBe(200);
    vi.advanceTimersByTime(59_000);
    expect(await client.code('NOOP')).toBe(200);
    vi.advanceTimersByTime(60_000);
    expect((await client.reply()).code).toBe(421);
  });
});

describe('W36: the end of a session', () => {
  test('W36: QUIT gets 221 and then a clean end', async () => {
    const client = await greeted(await startTestServer());
    const end = farewell(client);
    expect(await client.code('QUIT')).toBe(221);
    expect(await end).toBe('end');
  });

  test('W36: what was pipelined behind QUIT, and what still comes after the 221, does not cost the client its 221', async () => {
    const client = await loggedIn(await startTestServer());
    const end = farewell(client, 'NOOP\r\n'.repeat(100));
    client.write(`QUIT\r\n${'NOOP\r\n'.repeat(20_000)}`);
    expect((await client.reply()).code).toBe(221);
    expect(await end).toBe('end');
    await expect(client.reply()).rejects.toThrow('closed the control connection');
  });

  test('W36: a client that leaves without QUIT is served to the end of what it sent', async () => {
    const server = await startTestServer();
    const client = await loggedIn(server);
    const end = farewell(client);
    client.socket.end('NOOP\r\nPWD\r\n');
    expect([(await client.reply()).code, (await client.reply()).code]).toEqual([200, 257]);
    expect(await end).toBe('end');
  });

  test('W36: a client that never closes its side is closed after a moment', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await startTestServer();
    const left = once(server, 'disconnect');
    const client = await ControlClient.connect(server.address);
    onTestFinished(() => client.close());
    expect(await client.code('QUIT')).toBe(221);
    vi.advanceTimersByTime(1_000);
    expect(await left).toEqual([expect.objectContaining({ reason: 'quit' })]);
  });
});
