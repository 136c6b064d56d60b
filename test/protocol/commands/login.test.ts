import { once } from 'node:events';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type FtpServerOptions, type Log, MemoryFileSystem, TooManyLoginsError } from '../../../src/index.ts';
import type { ControlClient } from '../../support/control-client.ts';
import { greeted, loggedIn, startTestServer } from '../../support/test-server.ts';
import { everybodyIs, servedFiles, text } from './served.ts';

const QUICK: FtpServerOptions = { logins: { failureDelayMs: 0 } };

/** Lines of warnings and errors, fields and all. */
function logOf(): Log & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string, fields?: object) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  return { debug() {}, info() {}, warn: at('warn'), error: at('error'), lines };
}

/** A storage whose homes are what `make` returns. */
function withinThat(make: () => unknown): MemoryFileSystem {
  return Object.assign(new MemoryFileSystem(), { within: make });
}

function failLoudly(): never {
  throw new Error('the storage is away');
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

async function stranger(options: FtpServerOptions = {}): Promise<ControlClient> {
  return greeted(await startTestServer({ ...QUICK, ...options }));
}

describe('USER and PASS', () => {
  test('log in', async () => {
    const client = await stranger();
    expect(text(await client.command('USER alice'))).toBe('331 Password required.');
    expect(text(await client.command('PASS secret'))).toBe('230 Logged in.');
    expect(text(await client.command('STAT'))).toContain('Logged in as alice');
  });

  test('W29: are answered alike for users that exist and users that do not', async () => {
    const client = await stranger({ authenticator: { authenticate: async () => undefined } });
    for (const user of ['root', 'nobody-at-all', 'anonymous', 'a b']) {
      expect(text(await client.command(`USER ${user}`))).toBe('331 Password required.');
    }
    expect(text(await client.command('PASS x'))).toBe('530 Login incorrect.');
  });

  test('need each other, in this order', async () => {
    const client = await stranger();
    expect(await client.code('PASS secret')).toBe(503);
    await client.command('USER alice');
    expect(await client.code('PASS wrong')).toBe(530);
    // A wrong password takes the name with it.
    expect(await client.code('PASS secret')).toBe(503);
    await client.command('USER alice');
    expect(await client.code('PASS secret')).toBe(230);
    expect(await client.code('PASS secret')).toBe(503);
  });

  test('take names and passwords as they come, spaces included, and a password may be empty', async () => {
    const seen: unknown[] = [];
    const client = await stranger({
      authenticator: {
        authenticate: async (credentials) => {
          seen.push(credentials);
          return undefined;
        },
      },
    });
    for (const [user, password] of [
      ['al ice ', ' se cret '],
      ['ålice', 'pässword'],
      ['alice', ''],
    ]) {
      await client.command(`USER ${user}`);
      await client.command(`PASS ${password}`);
      if (seen.length < 3) expect(seen.at(-1)).toEqual({ user, password });
    }
    expect(seen[2]).toEqual({ user: 'alice', password: '' });
  });

  test('tell the authenticator where the client comes from and what it named with HOST', async () => {
    const seen: unknown[] = [];
    const client = await stranger({
      authenticator: {
        authenticate: async (_credentials, from) => {
          seen.push(from);
          return undefined;
        },
      },
    });
    await client.command('USER a');
    await client.command('PASS b');
    await client.command('HOST FTP.example.com');
    await client.command('USER a');
    await client.command('PASS b');
    expect(seen).toEqual([{ address: '127.0.0.1' }, { address: '127.0.0.1', host: 'ftp.example.com' }]);
  });

  test('W29: can be given again by a client that has logged in, which forgets all of the first login', async () => {
    const { client } = await servedFiles({ '/dir/file': '' });
    await client.command('CWD dir');
    await client.command('TYPE I');
    await client.command('EPSV ALL');
    expect(await client.code('USER bob')).toBe(331);
    expect(await client.code('PWD')).toBe(530);
    await client.command('PASS secret');
    expect(text(await client.command('PWD'))).toMatch(/^257 "\/" /);
    expect(text(await client.command('STAT'))).toMatch(/Logged in as bob\n.*TYPE: ASCII/);
    expect(await client.code('PASV')).toBe(227);
  });

  test('S15: are answered later with every wrong password, and 421 after too many', async () => {
    const client = await stranger({ logins: { failureDelayMs: 40, maxAttempts: 3 } });
    const waits: number[] = [];
    const codes: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      await client.command('USER alice');
      const started = performance.now();
      codes.push(await client.code('PASS wrong'));
      waits.push(performance.now() - started);
    }
    expect(codes).toEqual([530, 530, 421]);
    expect(waits[0]).toBeGreaterThan(38);
    expect(waits[1]).toBeGreaterThan(78);
    expect(waits[2]).toBeGreaterThan(118);
    client.socket.end();
    await client.closed();
  });

  test('S15: are answered late even when ABOR stands behind them', async () => {
    const client = await stranger({ logins: { failureDelayMs: 100 } });
    const started = performance.now();
    client.write('USER alice\r\nPASS wrong\r\nABOR\r\n');
    expect((await client.reply()).code).toBe(331);
    expect((await client.reply()).code).toBe(530);
    expect(performance.now() - started).toBeGreaterThan(98);
    expect((await client.reply()).code).toBe(530);
  });

  test('count wrong passwords across REIN, and forget them after a right one', async () => {
    const client = await stranger({ logins: { failureDelayMs: 0, maxAttempts: 2 } });
    const tryPassword = async (password: string) => {
      await client.command('USER alice');
      return client.code(`PASS ${password}`);
    };
    expect(await tryPassword('wrong')).toBe(530);
    expect(await tryPassword('secret')).toBe(230);
    expect(await tryPassword('wrong')).toBe(530);
    expect(await client.code('REIN')).toBe(220);
    expect(await tryPassword('wrong')).toBe(421);
  });

  test('are refused with 530 when the home of the account is not there', async () => {
    const client = await stranger({ authenticator: everybodyIs({ home: '/missing' }) });
    await client.command('USER alice');
    expect(text(await client.command('PASS secret'))).toBe('530 The home directory of this account is not available.');
    expect(await client.code('PWD')).toBe(530);
  });

  test.each<[string, FtpServerOptions]>([
    ['its home is a file', { fileSystem: new MemoryFileSystem({ files: { '/home': '' } }) }],
    ['the storage has no homes', { fileSystem: Object.assign(new MemoryFileSystem(), { within: undefined }) }],
    ['the storage fails to make one', { fileSystem: withinThat(() => failLoudly()) }],
    ['the storage makes something else', { fileSystem: withinThat(() => undefined) }],
    ['looking fails', { fileSystem: withinThat(() => ({ stat: async () => failLoudly() })) }],
  ])('are refused with 530, and nobody is logged in, when %s', async (_what, options) => {
    const log = logOf();
    const client = await stranger({ authenticator: everybodyIs({ home: '/home' }), log, ...options });
    await client.command('USER alice');
    expect(text(await client.command('PASS secret'))).toBe('530 The home directory of this account is not available.');
    expect(await client.code('PWD')).toBe(530);
    expect(await client.code('EPSV')).toBe(530);
    expect(await client.code('PASS secret')).toBe(503);
    expect(log.lines).toEqual([expect.stringMatching(/^error home directory not usable .*"home":"\/home"/)]);
  });

  test('look at a home that is there once a second at most, and see then that it is gone', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    let there = true;
    const stat = vi.fn(async () => ({ type: there ? 'directory' : 'file' }));
    const home = { stat };
    const server = await startTestServer({
      authenticator: everybodyIs({ home: '/home' }),
      fileSystem: withinThat(() => home),
    });
    const logIn = async () => {
      const client = await greeted(server);
      await client.command('USER alice');
      return client.code('PASS secret');
    };
    for (let i = 0; i < 3; i++) expect(await logIn()).toBe(230);
    expect(stat).toHaveBeenCalledTimes(1);
    there = false;
    vi.advanceTimersByTime(1_000);
    expect(await logIn()).toBe(530);
  });

  test('S19: are answered 421 when too many are being checked already, and the connection ends', async () => {
    const log = logOf();
    const client = await stranger({
      log,
      authenticator: {
        authenticate: async () => {
          throw new TooManyLoginsError();
        },
      },
    });
    await client.command('USER alice');
    expect(text(await client.command('PASS secret'))).toBe('421 Too many logins at the moment; try again later.');
    client.socket.end();
    await client.closed();
    expect(log.lines).toContainEqual(expect.stringMatching(/^warn login refused .*"user":"alice"/));
  });

  test('S19: tell the authenticator when the client has left, and take what it says then for no fault', async () => {
    const log = logOf();
    const { promise: asked, resolve: ask } = deferred<AbortSignal>();
    const server = await startTestServer({
      log,
      authenticator: {
        authenticate: (_credentials, { signal }) => {
          ask(signal!);
          return new Promise((_resolve, reject) => {
            signal!.addEventListener('abort', () => reject(signal!.reason), { once: true });
          });
        },
      },
    });
    const client = await greeted(server);
    const gone = once(server, 'disconnect');
    client.write('USER alice\r\nPASS secret\r\n');
    expect((await asked).aborted).toBe(false);
    client.socket.resetAndDestroy();
    await gone;
    expect((await asked).aborted).toBe(true);
    expect(log.lines).toEqual([]);
  });

  test('are answered 451, and the session goes on, when the authenticator fails', async () => {
    const client = await stranger({
      authenticator: {
        authenticate: async () => {
          throw new Error('the database is away');
        },
      },
    });
    await client.command('USER alice');
    const answer = await client.command('PASS secret');
    expect(answer.code).toBe(451);
    expect(text(answer)).not.toContain('database');
    expect(await client.code('PWD')).toBe(530);
  });

  test('show an account its home as /', async () => {
    const { client } = await servedFiles(
      { '/alice/mine': 'a', '/other': 'b' },
      { authenticator: everybodyIs({ home: '/alice' }) },
    );
    expect(text(await client.command('PWD'))).toMatch(/^257 "\/" /);
    const { octets } = await client.download('NLST');
    expect(octets.toString()).toBe('mine\r\n');
    expect(await client.code('SIZE ../other')).toBe(550);
  });
});

describe('ACCT', () => {
  test('is accepted and not needed', async () => {
    const client = await stranger();
    expect(await client.code('ACCT 42')).toBe(202);
  });
});

describe('REIN', () => {
  test('logs out, and lets somebody else log in', async () => {
    const { client } = await servedFiles();
    expect(await client.code('REIN')).toBe(220);
    expect(await client.code('PWD')).toBe(530);
    await client.command('USER bob');
    expect(await client.code('PASS secret')).toBe(230);
  });

  test('takes the prepared data connection away', async () => {
    const { client } = await servedFiles();
    const data = await client.passive();
    await client.command('REIN');
    data.socket.resume();
    await data.outcome;
    await client.command('USER bob');
    await client.command('PASS secret');
    expect(await client.code('LIST')).toBe(425);
  });
});

describe('QUIT', () => {
  test('W36: is answered 221, and the server closes the connection', async () => {
    const { client } = await servedFiles();
    expect(text(await client.command('QUIT'))).toBe('221 Goodbye.');
    client.socket.end();
    await client.closed();
  });

  test('needs no login', async () => {
    const client = await stranger();
    expect(await client.code('QUIT')).toBe(221);
  });
});

describe('HOST', () => {
  test('is answered like a new connection', async () => {
    const client = await stranger({ greeting: 'Hello' });
    expect(text(await client.command('HOST ftp.example.com'))).toBe('220 Hello');
    expect(await client.code('HOST [2001:db8::1]')).toBe(220);
  });

  test('must come before USER', async () => {
    const client = await stranger();
    await client.command('USER alice');
    expect(await client.code('HOST ftp.example.com')).toBe(503);
    await client.command('PASS secret');
    expect(await client.code('HOST ftp.example.com')).toBe(503);
  });

  test('accepts the names of the settings and no others', async () => {
    const client = await stranger({ hostNames: ['ftp.example.com'] });
    expect(await client.code('HOST other.example.com')).toBe(504);
    expect(await client.code('HOST Ftp.Example.Com')).toBe(220);
    expect(await client.code('HOST a b')).toBe(501);
  });

  test('W25: is in FEAT only where there are names to choose from', async () => {
    const without = await stranger();
    expect((await without.command('FEAT')).lines).not.toContain(' HOST');
    const withNames = await stranger({ hostNames: ['ftp.example.com'] });
    expect((await withNames.command('FEAT')).lines).toContain(' HOST');
  });
});

test('W10: a whole login may come in one segment', async () => {
  const server = await startTestServer();
  const client = await greeted(server);
  client.write('USER alice\r\nPASS secret\r\nPWD\r\n');
  const codes = [await client.reply(), await client.reply(), await client.reply()].map(({ code }) => code);
  expect(codes).toEqual([331, 230, 257]);
  expect((await loggedIn(server)).socket.readyState).toBe('open');
});
