import { once } from 'node:events';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type FtpServer, type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import { commandTable } from '../../src/protocol/command-table.ts';
import type { ControlClient } from '../support/control-client.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { everybody, greeted, loggedIn, protectedClient, startTlsServer } from '../support/test-server.ts';

/** Old versions of TLS are no longer spoken by OpenSSL itself, unless it is asked to be careless. */
const ONLY_OLD: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };

/** The codes of everything that the server says until it closes. */
async function codesToTheEnd(client: ControlClient): Promise<number[]> {
  const codes: number[] = [];
  try {
    for (;;) codes.push((await client.reply()).code);
  } catch {
    client.socket.end();
    await client.closed();
    return codes;
  }
}

/** Logs in without more, over whatever the connection is by now. */
async function logIn(client: ControlClient, user = 'tester'): Promise<void> {
  expect([await client.code(`USER ${user}`), await client.code('PASS secret')]).toEqual([331, 230]);
}

describe('S1: what stands behind AUTH in the clear', () => {
  test.each(['NOOP\r\n', 'N', '\r\n', 'DELE file\r\nNOOP\r\n', '\x16\x03\x01'])(
    'S1: %j in the same segment closes the connection, and is not run',
    async (behind) => {
      const fileSystem = new MemoryFileSystem({ files: { '/file': '' } });
      const { log, lines } = recordedLog();
      const client = await loggedIn(await startTlsServer({}, { fileSystem, log }));
      client.write(`AUTH TLS\r\n${behind}`);
      expect(await codesToTheEnd(client)).toEqual([421]);
      expect(fileSystem.exists('/file')).toBe(true);
      expect(lines).toContainEqual(expect.stringMatching(/^warn commands behind AUTH /));
    },
  );

  test('S1: commands before AUTH in the same segment are answered, the one behind it is not', async () => {
    const client = await greeted(await startTlsServer());
    client.write('NOOP\r\nUSER tester\r\nAUTH TLS\r\nPASS secret\r\nPWD\r\n');
    expect(await codesToTheEnd(client)).toEqual([200, 331, 421]);
  });

  test('S1: wherever the segments are cut, there is no reply but that to AUTH, and no handshake', async () => {
    const server = await startTlsServer();
    const text = 'AUTH TLS\r\nNOOP\r\n';
    for (let cut = 1; cut < text.length; cut++) {
      const client = await greeted(server);
      client.write(text.slice(0, cut));
      // Whoever has been answered is heard by TLS from there on, and NOOP is no handshake.
      if (cut >= 'AUTH TLS\r\n'.length) expect((await client.reply()).code).toBe(cut === 10 ? 234 : 421);
      client.write(text.slice(cut));
      expect([[], [234], [421]], `cut at ${cut}`).toContainEqual(await codesToTheEnd(client));
    }
  });

  test('S1: a command in the clear between 234 and the handshake ends in a handshake that fails', async () => {
    const { log, lines } = recordedLog();
    const client = await greeted(await startTlsServer({}, { log }));
    expect(await client.code('AUTH TLS')).toBe(234);
    client.write('NOOP\r\n');
    await expect(client.handshake()).rejects.toThrow();
    await expect(client.reply()).rejects.toThrow('closed');
    expect(lines).toContainEqual(expect.stringMatching(/^info TLS handshake failed .*connection=control reason=\w+$/));
  });

  test('S1: a client that has closed its side behind AUTH is not waited for', async () => {
    const client = await greeted(await startTlsServer());
    client.socket.end('AUTH TLS\r\n');
    expect([[234], [421]]).toContainEqual(await codesToTheEnd(client));
  });
});

describe('S1: what was said in the clear, behind the handshake was never said', () => {
  test('S1: a name', async () => {
    const client = await greeted(await startTlsServer());
    expect(await client.code('USER tester')).toBe(331);
    await client.secure();
    expect(await client.code('PASS secret')).toBe(503);
  });

  test('S1: a login, the directory, the type and the data connection', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/directory/file': 'content' } });
    const server = await startTlsServer({}, { fileSystem });
    const client = await loggedIn(server);
    for (const line of ['CWD directory', 'TYPE I', 'EPSV ALL', 'EPSV']) await client.command(line);
    await client.secure();
    expect(await client.code('PWD')).toBe(530);
    await expect.poll(async () => (await server.who())[0]?.user).toBeUndefined();
    await logIn(client);
    expect((await client.command('PWD')).lines).toEqual([expect.stringMatching(/^257 "\/"/)]);
    expect((await client.command('STAT')).lines.join('\n')).toMatch(/TYPE: ASCII|TYPE A/i);
    expect(await client.code('RETR directory/file')).toBe(425);
    expect(await client.code('PASV')).toBe(227);
  });

  test('S1: REST and RNFR', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': 'content' } });
    const client = await loggedIn(await startTlsServer({}, { fileSystem }));
    await client.command('TYPE I');
    expect(await client.code('RNFR file')).toBe(350);
    expect(await client.code('REST 3')).toBe(350);
    await client.secure();
    await logIn(client);
    expect(await client.code('RNTO renamed')).toBe(503);
    await client.command('TYPE I');
    expect((await client.download('RETR file')).octets.toString()).toBe('content');
  });

  test('S1: HOST', async () => {
    const hosts: (string | undefined)[] = [];
    const authenticator: typeof everybody = {
      authenticate: (credentials, client) => {
        hosts.push(client.host);
        return everybody.authenticate(credentials, client);
      },
    };
    const client = await greeted(await startTlsServer({}, { authenticator }));
    expect(await client.code('HOST in.the.clear')).toBe(220);
    await client.secure();
    await logIn(client);
    expect(await client.code('AUTH TLS')).toBe(503);
    const second = await greeted(await startTlsServer({}, { authenticator }));
    await second.secure();
    expect(await second.code('HOST under.tls')).toBe(220);
    await logIn(second);
    expect(hosts).toEqual([undefined, 'under.tls']);
  });

  test('S1: but wrong passwords stay counted', async () => {
    const server = await startTlsServer({}, { logins: { maxAttempts: 2, failureDelayMs: 0 } });
    const client = await greeted(server);
    expect([await client.code('USER tester'), await client.code('PASS wrong')]).toEqual([331, 530]);
    await client.secure();
    expect([await client.code('USER tester'), await client.code('PASS wrong')]).toEqual([331, 421]);
  });
});

describe('S2: nothing in the clear', () => {
  test('S2: all verbs that there are get one reply each, and no octet of them is outside of TLS', async () => {
    const client = await protectedClient(await startTlsServer());
    const verbs = commandTable.flatMap(({ verb, aliases = [] }) => [verb, ...aliases]);
    for (const verb of verbs.filter((verb) => verb !== 'QUIT')) {
      const { code } = await client.command(verb);
      expect(code, verb).toBeGreaterThanOrEqual(verb === 'STOU' ? 150 : 200);
      // For STOU, nobody comes to the port of the PASV before it.
      if (verb === 'STOU') expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    }
    expect(verbs.length).toBeGreaterThan(50);
    expect(await client.code('NOOP')).toBe(200);
    expect(await client.code('QUIT')).toBe(221);
    client.socket.end();
    // Throws when there is an octet that is none of a record.
    const types = client.protection.wire.records.map(({ type }) => type);
    expect(types.filter((type) => type === 'application_data').length).toBeGreaterThan(verbs.length);
    expect(await client.protection.wire.ended).toBe('close_notify, end');
  });

  test('S2: CCC does not take the protection off', async () => {
    const client = await protectedClient(await startTlsServer());
    expect(await client.code('CCC')).toBe(502);
    expect(await client.code('PWD')).toBe(257);
    expect(client.protection.wire.records.at(-1)).toMatchObject({ type: 'application_data' });
  });

  test.each<[string, FtpServerOptions, (server: FtpServer) => unknown]>([
    ['the shutdown', {}, (server) => void server.close({ graceMs: 10_000 })],
    ['the timeout', { timeouts: { idleMs: 100 } }, () => {}],
    ['the end by an administrator', {}, async (server) => server.kick((await server.who())[0]!.id)],
  ])('S2: the 421 of %s is under TLS, and so is the end', async (_what, options, cause) => {
    const server = await startTlsServer({}, options);
    const client = await protectedClient(server);
    cause(server);
    expect((await client.reply()).code).toBe(421);
    expect(await client.protection.wire.ended).toBe('close_notify, end');
    client.socket.end();
  });
});

describe('S3: no way back', () => {
  test('S3: TLS 1.0 and 1.1 are refused', async () => {
    const client = await greeted(await startTlsServer());
    await expect(client.secure(ONLY_OLD)).rejects.toThrow(/protocol version|unsupported/i);
    await client.closed();
  });

  test.each([
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.2', 'TLSv1.3'],
    ['TLSv1.3', 'TLSv1.3'],
  ] as const)('S3: with the minimum %s, %s is spoken', async (minVersion, version) => {
    const client = await greeted(await startTlsServer({ minVersion }));
    const { socket } = await client.secure({ minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('S3: with the minimum TLSv1.3, TLS 1.2 is refused', async () => {
    const client = await greeted(await startTlsServer({ minVersion: 'TLSv1.3' }));
    await expect(client.secure({ maxVersion: 'TLSv1.2' })).rejects.toThrow(/protocol version/i);
  });

  test('S3: of ciphers that the administrator has chosen, a client needs one', async () => {
    const server = await startTlsServer({ ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
    const maxVersion = 'TLSv1.2';
    const unlucky = await greeted(server);
    await expect(unlucky.secure({ maxVersion, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).rejects.toThrow(/handshake/);
    const client = await greeted(server);
    const { socket } = await client.secure({ maxVersion });
    expect(socket.getCipher().name).toBe('ECDHE-ECDSA-AES256-GCM-SHA384');
  });

  test('S3: a client that begins a new handshake on the control connection is sent away', async () => {
    const client = await protectedClient(await startTlsServer(), { maxVersion: 'TLSv1.2' });
    client.protection.socket.renegotiate({}, () => {});
    expect(await codesToTheEnd(client)).toEqual([]);
  });

  test.each(['login', 'all'] as const)('S3: under required: %s there is no USER in the clear', async (required) => {
    const server = await startTlsServer({ required });
    const client = await greeted(server);
    expect((await client.command('USER tester')).lines).toEqual(['530 Use AUTH TLS before you log in.']);
    expect(await client.code('PASS secret')).toBe(503);
    expect(await client.code('FEAT')).toBe(211);
    await client.secure();
    await logIn(client);
  });

  test('S3: under required: data there is a login in the clear, but no transfer', async () => {
    const client = await loggedIn(await startTlsServer({ required: 'data' }));
    expect(await client.code('EPSV')).toBe(229);
    for (const line of ['RETR file', 'STOR file', 'APPE file', 'STOU', 'LIST', 'NLST', 'MLSD']) {
      expect(await client.code(line), line).toBe(521);
    }
  });

  test.each(['data', 'all'] as const)(
    'S3: under required: %s PROT C is refused, and so are transfers before PROT P',
    async (required) => {
      const client = await greeted(await startTlsServer({ required }));
      await client.secure();
      await logIn(client);
      expect(await client.code('EPSV')).toBe(229);
      for (const line of ['RETR file', 'STOR file', 'LIST', 'MLSD']) expect(await client.code(line), line).toBe(521);
      expect(await client.code('PBSZ 0')).toBe(200);
      expect(await client.code('PROT C')).toBe(534);
      expect(await client.code('PROT P')).toBe(200);
      expect(await client.code('PROT C')).toBe(534);
      // And still in force.
      expect((await client.download('LIST', {})).last.code).toBe(226);
    },
  );

  test.each(['none', 'login'] as const)(
    'S3: under required: %s PROT C is the choice of the client',
    async (required) => {
      const client = await protectedClient(await startTlsServer({ required }));
      expect((await client.download('LIST', {})).last.code).toBe(226);
      expect(await client.code('PROT C')).toBe(200);
      expect((await client.download('LIST')).last.code).toBe(226);
    },
  );

  test('S3: PROT P outlives errors, and a new login', async () => {
    const client = await protectedClient(await startTlsServer());
    for (const line of ['PROT X', 'PROT S', 'PBSZ x', 'PROT', 'NONSENSE', 'RETR missing']) {
      expect(await client.code(line), line).toBeGreaterThanOrEqual(400);
    }
    await logIn(client, 'another');
    expect((await client.download('LIST', {})).last.code).toBe(226);
    expect(await client.code('AUTH TLS')).toBe(503);
    expect((await client.download('LIST', {})).last.code).toBe(226);
  });

  test('S3: REIN does not take the connection back into the clear', async () => {
    const client = await protectedClient(await startTlsServer());
    expect(await client.code('REIN')).toBe(502);
    expect(await client.code('PWD')).toBe(257);
  });
});

describe('W34: the order of AUTH, PBSZ and PROT', () => {
  test('W34: AUTH comes once', async () => {
    const client = await greeted(await startTlsServer());
    await client.secure();
    for (const line of ['AUTH TLS', 'AUTH SSL', 'AUTH nonsense']) expect(await client.code(line)).toBe(503);
  });

  test.each(['TLS', 'tls', 'SSL', 'TLS-C'])('W34: AUTH %s is answered 234', async (mechanism) => {
    const client = await greeted(await startTlsServer());
    expect(await client.code(`AUTH ${mechanism}`)).toBe(234);
    await client.handshake();
    expect(await client.code('NOOP')).toBe(200);
  });

  test('W34: AUTH with another mechanism is answered 504, without one 501, and nothing changes', async () => {
    const client = await loggedIn(await startTlsServer());
    for (const mechanism of ['GSSAPI', 'TLS-P', 'nonsense']) expect(await client.code(`AUTH ${mechanism}`)).toBe(504);
    expect(await client.code('AUTH')).toBe(501);
    expect(await client.code('PWD')).toBe(257);
  });

  test('W34: PBSZ comes after AUTH, and PROT after PBSZ', async () => {
    const client = await greeted(await startTlsServer());
    for (const line of ['PBSZ 0', 'PROT P', 'PROT C']) expect(await client.code(line), line).toBe(503);
    await client.secure();
    for (const line of ['PROT P', 'PROT C']) expect(await client.code(line), line).toBe(503);
    expect(await client.code('PBSZ nonsense')).toBe(501);
    expect(await client.code('PROT P')).toBe(503);
    expect((await client.command('PBSZ 1024')).lines[0]).toMatch(/^200 PBSZ=0\b/);
    expect(await client.code('PROT p')).toBe(200);
  });

  test('W34: PROT S and E are answered 536, and what nobody knows 504', async () => {
    const client = await protectedClient(await startTlsServer());
    for (const level of ['S', 'E']) expect(await client.code(`PROT ${level}`)).toBe(536);
    for (const level of ['X', 'PP', '0']) expect(await client.code(`PROT ${level}`)).toBe(504);
  });

  test('W34: FEAT names what there is, before the handshake and behind it', async () => {
    const client = await greeted(await startTlsServer());
    const features = async () => (await client.command('FEAT')).lines;
    expect(await features()).toEqual(expect.arrayContaining([' AUTH TLS', ' PBSZ', ' PROT']));
    await client.secure();
    expect(await features()).toEqual(expect.arrayContaining([' AUTH TLS', ' PBSZ', ' PROT']));
  });
});

describe('S4: who has been led here from elsewhere', () => {
  test.each([[['http/1.1']], [['h2', 'http/1.1']], [['imap']]])('S4: ALPN %j is refused', async (ALPNProtocols) => {
    const { log, lines } = recordedLog();
    const client = await greeted(await startTlsServer({}, { log }));
    await expect(client.secure({ ALPNProtocols })).rejects.toThrow(/no application protocol/i);
    await client.closed();
    expect(lines).toContainEqual(expect.stringMatching(/^info TLS handshake failed /));
  });

  test.each([
    [['ftp'], 'ftp'],
    [['x-filezilla-ftp'], 'x-filezilla-ftp'],
    [['http/1.1', 'ftp'], 'ftp'],
    [[], false],
  ])('S4: ALPN %j is accepted as %j', async (ALPNProtocols, chosen) => {
    const client = await greeted(await startTlsServer());
    const { socket } = await client.secure({ ALPNProtocols });
    expect(socket.alpnProtocol).toBe(chosen);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('S4: ALPN is asked of data connections as well', async () => {
    const client = await protectedClient(await startTlsServer());
    const data = await client.passive({ ALPNProtocols: ['http/1.1'] });
    expect([await client.code('LIST'), (await client.reply()).code]).toEqual([150, 522]);
    await expect(data.protection.handshake).rejects.toThrow(/no application protocol/i);
    expect((await client.download('LIST', { ALPNProtocols: ['ftp'] })).last.code).toBe(226);
  });

  test.each(['GET / HTTP/1.1', 'POST / HTTP/1.1', 'Host: localhost'])(
    'S4: %j as the first line under TLS closes the connection',
    async (line) => {
      const client = await greeted(await startTlsServer());
      await client.secure();
      client.write(`${line}\r\nUSER tester\r\n`);
      expect(await codesToTheEnd(client)).toEqual([421]);
    },
  );

  test('S4: a browser that begins with its own handshake gets none', async () => {
    const client = await greeted(await startTlsServer());
    await expect(client.handshake()).rejects.toThrow();
  });
});

test('a client that leaves in order behind the handshake is counted as gone', async () => {
  const server = await startTlsServer();
  const client = await protectedClient(server);
  const gone = once(server, 'disconnect');
  client.socket.end();
  expect(await gone).toMatchObject([{ reason: 'client closed' }]);
  expect(await client.protection.wire.ended).toBe('close_notify, end');
});
