import { once } from 'node:events';
import { connect } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MemoryFileSystem, StorageError } from '../../src/index.ts';
import { type ControlClient, DataClient } from '../support/control-client.ts';
import { recordedLog } from '../support/recorded-log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { protectedClient, startTlsServer } from '../support/test-server.ts';
import { tlsVersions } from '../support/tls-client.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

const CONTENT = 'one\ntwo\n';

const tls13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

function storage(): MemoryFileSystem {
  return new MemoryFileSystem({ files: { '/file': CONTENT, '/nothing': '', '/directory/in/it': '' } });
}

/** A download of `/file` over a data connection that comes with this. */
async function downloadWith(client: ControlClient, options: ConnectionOptions) {
  const data = await client.passive(options);
  expect(await client.code('RETR file')).toBe(150);
  const octets = await data.everything().catch(() => undefined);
  const { code } = await client.reply();
  return { code, content: octets?.toString(), resumed: octets && data.protection.socket.isSessionReused() };
}

describe.each(tlsVersions)('S5: over %s', (_version, options) => {
  test.each(['offer', 'warn', 'require'] as const)(
    'S5: with dataResumption: %s a data connection resumes the session of its control connection, again and again',
    async (dataResumption) => {
      const { log, lines } = recordedLog();
      const server = await startTlsServer({ dataResumption }, { fileSystem: storage(), log });
      const client = await protectedClient(server, options);
      const session = await client.protection.session;
      for (let i = 0; i < 3; i++) {
        expect(await downloadWith(client, { ...options, session })).toEqual({
          code: 226,
          content: CONTENT,
          resumed: true,
        });
      }
      expect(lines.filter((line) => line.startsWith('warn'))).toEqual([]);
    },
  );

  test('S5: with dataResumption: off it does not', async () => {
    const client = await protectedClient(
      await startTlsServer({ dataResumption: 'off' }, { fileSystem: storage() }),
      options,
    );
    const session = await client.protection.session;
    const outcome = { code: 226, content: CONTENT, resumed: false };
    expect(await downloadWith(client, { ...options, session })).toEqual(outcome);
    expect(await downloadWith(client, options)).toEqual(outcome);
  });

  test.each(['offer', 'warn'] as const)(
    'S5: with dataResumption: %s the session of another client is not resumed, and the transfer goes on',
    async (dataResumption) => {
      const { log, lines } = recordedLog();
      const server = await startTlsServer({ dataResumption }, { fileSystem: storage(), log });
      const other = await protectedClient(server, options);
      const client = await protectedClient(server, options);
      const outcome = { code: 226, content: CONTENT, resumed: false };
      const session = await other.protection.session;
      expect(await downloadWith(client, { ...options, session })).toEqual(outcome);
      expect(await downloadWith(client, options)).toEqual(outcome);
      const warnings = lines.filter((line) => line.startsWith('warn data connection does not resume'));
      expect(warnings).toHaveLength(dataResumption === 'warn' ? 2 : 0);
    },
  );

  test('S5: with dataResumption: require a data connection without it gets 522 and nothing else, and the session lives on', async () => {
    const fileSystem = storage();
    const server = await startTlsServer({ dataResumption: 'require' }, { fileSystem });
    const other = await protectedClient(server, options);
    const client = await protectedClient(server, options);
    const refused = { code: 522, content: undefined, resumed: undefined };
    expect(await downloadWith(client, options)).toEqual(refused);
    expect(await downloadWith(client, { ...options, session: await other.protection.session })).toEqual(refused);
    expect((await client.upload('STOR new', 'content', options)).last.lines).toEqual([
      '522 The data connection must resume the TLS session of the control connection.',
    ]);
    expect(fileSystem.exists('/new')).toBe(false);
    const session = await client.protection.session;
    expect((await client.upload('STOR new', 'content', { ...options, session })).last.code).toBe(226);
    expect(await downloadWith(client, { ...options, session })).toMatchObject({ code: 226, resumed: true });
  });

  test('S5: the session of a control connection is of no use to another control connection', async () => {
    const server = await startTlsServer({}, { fileSystem: storage() });
    const first = await protectedClient(server, options);
    const second = await protectedClient(server, { ...options, session: await first.protection.session });
    expect(second.protection.socket.isSessionReused()).toBe(false);
  });

  test('S5: in active mode, too, the server is who accepts the handshake, and resumption is required', async () => {
    const server = await startTlsServer({ dataResumption: 'require' }, { fileSystem: storage() });
    const client = await protectedClient(server, options);
    for (const [session, code] of [
      [undefined, 522],
      [await client.protection.session, 226],
    ] as const) {
      const active = await client.active({ ...options, ...(session && { session }) });
      onTestFinished(() => void active.server.close());
      expect(await client.code('RETR file')).toBe(150);
      const octets = (await active.data).everything();
      if (code === 226) expect((await octets).toString()).toBe(CONTENT);
      else await expect(octets).rejects.toThrow('reset');
      expect((await client.reply()).code).toBe(code);
    }
  });
});

describe('S5: a data connection in the clear behind PROT P', () => {
  test.each(['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff', 'A'])(
    'S5: that says %j gets 522, and no octet of the file',
    async (words) => {
      const { log, lines } = recordedLog();
      const server = await startTlsServer({ handshakeMs: 200 }, { fileSystem: storage(), log });
      const client = await protectedClient(server);
      const data = await client.passive();
      const heard: Buffer[] = [];
      data.socket.on('data', (chunk: Buffer) => heard.push(chunk)).resume();
      data.socket.write(words, 'latin1');
      expect(await client.code('RETR file')).toBe(150);
      expect((await client.reply()).lines).toEqual(['522 The TLS handshake on the data connection failed.']);
      await data.outcome;
      expect(Buffer.concat(heard).toString('latin1')).not.toContain('one');
      expect(lines).toContainEqual(expect.stringMatching(/^warn TLS handshake failed .*connection=data reason=\w+$/));
      expect((await client.download('RETR file', {})).octets.toString()).toBe(CONTENT);
    },
  );

  test('S5: that waits for the file gets 522 when the time for the handshake is over', async () => {
    const client = await protectedClient(await startTlsServer({ handshakeMs: 100 }, { fileSystem: storage() }));
    const data = await client.passive();
    expect(await client.code('RETR file')).toBe(150);
    expect((await client.reply()).code).toBe(522);
    expect(await data.everything().catch(() => Buffer.alloc(0))).toHaveLength(0);
    expect((await client.download('RETR file', {})).last.code).toBe(226);
  });

  test('S5: that uploads gets 522, and there is no file', async () => {
    const fileSystem = storage();
    const client = await protectedClient(await startTlsServer({}, { fileSystem }));
    expect((await client.upload('STOR new', 'in the clear')).last.code).toBe(522);
    expect((await client.upload('STOR file', 'in the clear')).last.code).toBe(522);
    expect(fileSystem.exists('/new')).toBe(false);
    expect(fileSystem.readFile('/file').toString()).toBe(CONTENT);
  });

  test('S5: that has left before the handshake gets 522 at once', async () => {
    const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }));
    const data = await client.passive();
    data.socket.end();
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 522]);
  });
});

describe.each(tlsVersions)('W2: over %s', (_version, options) => {
  test('W2: the client may begin the handshake before it says what for', async () => {
    const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), options);
    const data = await client.passiveResumed(options);
    // What has been sent by now includes the first words of the handshake.
    expect(await client.code('NOOP')).toBe(200);
    expect(data.protection.wire.records).toEqual([]);
    expect(await client.code('RETR file')).toBe(150);
    expect((await data.everything()).toString()).toBe(CONTENT);
    expect((await client.reply()).code).toBe(226);
  });

  test('W2: the client may wait for the 150, and for more, before it begins the handshake', async () => {
    const fileSystem = storage();
    const client = await protectedClient(await startTlsServer({}, { fileSystem }), options);
    const session = await client.protection.session;
    for (const line of ['RETR file', 'STOR new']) {
      const { socket } = await client.passive();
      expect(await client.code(line)).toBe(150);
      // The server waits for the handshake by now, and is there for other things.
      for (let i = 0; i < 5; i++) expect(await client.code('NOOP')).toBe(200);
      const data = DataClient.on(socket, { ...options, session });
      await data.protection.handshake;
      expect(data.protection.socket.isSessionReused()).toBe(true);
      if (line === 'RETR file') expect((await data.everything()).toString()).toBe(CONTENT);
      else data.socket.resume().end('new');
      expect((await client.reply()).code).toBe(226);
    }
    expect(fileSystem.readFile('/new').toString()).toBe('new');
  });

  test('W2: the client may connect behind the 150', async () => {
    const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), options);
    const { lines } = await client.command('EPSV');
    expect(await client.code('RETR file')).toBe(150);
    const port = Number(/\|\|\|(\d+)\|/.exec(lines[0]!)![1]);
    const data = DataClient.on(connect({ host: '127.0.0.1', port, allowHalfOpen: true }), options);
    expect((await data.everything()).toString()).toBe(CONTENT);
    expect((await client.reply()).code).toBe(226);
  });
});

describe.each(tlsVersions)('W4: over %s', (_version, options) => {
  test.each(['RETR file', 'RETR nothing', 'LIST', 'NLST nothing*', 'MLSD directory', 'NLST', 'LIST no such*'])(
    'W4: what %s sends ends with a close_notify and then the end of TCP, and then there is the 226',
    async (line) => {
      for (const place of [{ fileSystem: storage() }, { root: await temporaryDirectory() }]) {
        const client = await protectedClient(await startTlsServer({}, place), options);
        await client.command('MKD directory');
        for (const file of ['file', 'nothing']) await client.upload(`STOR ${file}`, CONTENT, options);
        const data = await client.passive(options);
        const { code } = await client.command(line);
        if (line === 'LIST no such*' && code !== 150) return;
        expect(code).toBe(150);
        data.socket.resume();
        expect(await data.protection.wire.ended).toBe('close_notify, end');
        // Behind it there are only those who have not said their own yet.
        expect((await client.reply()).code).toBe(226);
        data.socket.end();
      }
    },
  );

  test('W4: without a client that answers the close_notify, 226 comes all the same', async () => {
    const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), options);
    const data = await client.passive(options);
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 226]);
    expect((await client.download('RETR file', options)).octets.toString()).toBe(CONTENT);
    data.socket.destroy();
  });

  test.each(['content', ''])(
    'W4: an upload of %j is answered by a close_notify and the end of TCP',
    async (content) => {
      for (const place of [{ fileSystem: storage() }, { root: await temporaryDirectory() }]) {
        const client = await protectedClient(await startTlsServer({}, place), options);
        const data = await client.passiveResumed(options);
        expect(await client.code('STOR new')).toBe(150);
        await data.protection.handshake;
        data.socket.resume().end(content);
        expect(await data.protection.wire.ended).toBe('close_notify, end');
        expect((await client.reply()).code).toBe(226);
      }
    },
  );

  test('W6: a download that fails in the middle does not end with a close_notify', async () => {
    class Failing extends MemoryFileSystem {
      override async read() {
        let reads = 0;
        const read = async (buffer: Uint8Array) => {
          if (reads++ === 2) throw new StorageError('input-output', 'gone');
          return buffer.length;
        };
        const close = async () => {};
        return { size: 2 ** 24, read, close, [Symbol.asyncDispose]: close };
      }
    }
    const client = await protectedClient(await startTlsServer({}, { fileSystem: new Failing() }), options);
    const data = await client.passiveResumed(options);
    expect(await client.code('RETR file')).toBe(150);
    data.socket.resume();
    expect((await client.reply()).code).toBe(451);
    expect(await data.protection.wire.ended).not.toBe('close_notify, end');
    expect(await client.code('NOOP')).toBe(200);
  });
});

test('S5: over TLSv1.3 a download that resumes gets a session for the next one, for clients that use each of them once', async () => {
  const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), tls13);
  const first = await client.protection.session;
  const data = await client.passive({ ...tls13, session: first });
  expect(await client.code('RETR file')).toBe(150);
  expect((await data.everything()).toString()).toBe(CONTENT);
  expect((await client.reply()).code).toBe(226);
  const session = await data.protection.session;
  expect(session.equals(first)).toBe(false);
  expect(await downloadWith(client, { ...tls13, session })).toMatchObject({ code: 226, resumed: true });
});

test('W4: over TLSv1.3 the tickets of an upload come with its end, since clients need not read before', async () => {
  const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), tls13);
  const data = await client.passive(tls13);
  expect(await client.code('STOR new')).toBe(150);
  await data.protection.handshake;
  const { wire } = data.protection;
  const ofTheHandshake = wire.records.length;
  data.socket.write('some');
  await expect.poll(async () => (await client.command('STAT')).lines.join('\n')).toMatch(/STOR \/new: 4 /);
  expect(wire.records).toHaveLength(ofTheHandshake);
  data.socket.end();
  await data.everything();
  expect((await client.reply()).code).toBe(226);
  await data.protection.session;
});

describe.each(tlsVersions)('over %s', (_version, options) => {
  test('W7: ABOR ends a protected download, and the session lives on', async () => {
    const fileSystem = new StorageWithVastFile({ files: { '/file': CONTENT } });
    const client = await protectedClient(await startTlsServer({}, { fileSystem }), options);
    const data = await client.passiveResumed(options);
    expect(await client.code('RETR vast')).toBe(150);
    await data.protection.handshake;
    expect(await client.code('NOOP')).toBe(200);
    expect((await client.command('STAT')).lines.join('\n')).toMatch(/RETR \/vast: \d+ of/);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(fileSystem.open).toBe(0);
    expect(await downloadWith(client, { ...options, session: await client.protection.session })).toMatchObject({
      code: 226,
      resumed: true,
    });
  });

  test('W7: ABOR ends a protected upload, and what was there stays', async () => {
    const fileSystem = storage();
    const client = await protectedClient(await startTlsServer({}, { fileSystem }), options);
    const data = await client.passiveResumed(options);
    expect(await client.code('STOR file')).toBe(150);
    data.socket.write('some');
    await data.protection.handshake;
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(fileSystem.readFile('/file').toString()).toBe(CONTENT);
    expect((await client.upload('STOR file', 'new', options)).last.code).toBe(226);
  });

  test.each(['RETR file', 'STOR new', 'LIST'])('W7: ABOR ends %s while its handshake is waited for', async (line) => {
    const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }), options);
    const data = await client.passive();
    expect(await client.code(line)).toBe(150);
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    await expect(data.everything()).rejects.toThrow('reset');
    expect((await client.download('RETR file', options)).last.code).toBe(226);
  });

  test.each(['RETR vast', 'STOR new'])('a client that resets %s in the middle gets 426', async (line) => {
    const fileSystem = new StorageWithVastFile();
    const client = await protectedClient(await startTlsServer({}, { fileSystem }), options);
    const data = await client.passiveResumed(options);
    expect(await client.code(line)).toBe(150);
    await data.protection.handshake;
    if (line === 'STOR new') await new Promise((resolve) => data.socket.write('some', resolve));
    data.protection.wire.cut('reset');
    expect((await client.reply()).code).toBe(426);
    expect(fileSystem.open).toBe(0);
    expect((await client.download('LIST', options)).last.code).toBe(226);
  });

  test('a client that leaves a protected download to itself gets 426 when it stalls', async () => {
    const server = await startTlsServer({}, { fileSystem: new StorageWithVastFile(), timeouts: { stallMs: 200 } });
    const client = await protectedClient(server, options);
    const data = await client.passive(options);
    expect(await client.code('RETR vast')).toBe(150);
    expect((await client.reply()).lines).toEqual([expect.stringMatching(/^426 .*stalled/)]);
    data.socket.destroy();
  });

  test('an upload that is slow has not stalled, one that stops has', async () => {
    const fileSystem = storage();
    const server = await startTlsServer({}, { fileSystem, timeouts: { stallMs: 300 } });
    const client = await protectedClient(server, options);
    const data = await client.passiveResumed(options);
    expect(await client.code('STOR slow')).toBe(150);
    const writing = setInterval(() => data.socket.write('x'), 30);
    // Twice as long as it may stall; then it does.
    const stop = setTimeout(() => clearInterval(writing), 600);
    onTestFinished(() => [writing, stop].forEach(clearTimeout));
    const started = performance.now();
    expect((await client.reply()).lines).toEqual([expect.stringMatching(/^426 .*stalled/)]);
    expect(performance.now() - started).toBeGreaterThan(600);
    data.socket.destroy();
  });
});

test('PROT C behind PROT P is in the clear again, and EPSV before it belongs to the data connection behind it', async () => {
  const client = await protectedClient(await startTlsServer({}, { fileSystem: storage() }));
  const data = await client.passive();
  expect(await client.code('PROT C')).toBe(200);
  expect(await client.code('RETR file')).toBe(150);
  expect((await data.everything()).toString()).toBe(CONTENT);
  expect((await client.reply()).code).toBe(226);
});

test('a session that ends in the middle of a protected download takes the data connection with it', async () => {
  const fileSystem = new StorageWithVastFile();
  const server = await startTlsServer({}, { fileSystem });
  const client = await protectedClient(server);
  const session = await client.protection.session;
  const data = await client.passive({ session });
  expect(await client.code('RETR vast')).toBe(150);
  await data.protection.handshake;
  const gone = once(server, 'disconnect');
  client.protection.wire.cut('reset');
  await gone;
  data.socket.resume();
  expect(await data.outcome).toBe('reset');
  expect(fileSystem.open).toBe(0);
});

test('a download in the clear is as it was', async () => {
  const client = await protectedClient(await startTlsServer({}, { fileSystem: new StorageWithVastFile() }));
  expect(await client.code('PROT C')).toBe(200);
  const data = await vastTransfer(client);
  expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
  data.socket.destroy();
});
