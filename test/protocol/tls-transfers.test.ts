import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import type { WritableFile, WriteMode } from '../../src/storage/file-system.ts';
import type { ControlClient, DataClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { protectedClient, startTlsServer } from '../support/test-server.ts';
import { tlsVersions } from '../support/tls-client.ts';

/** What fits into a record, and one more, and many of them; and what is smaller than any. */
const SIZES = [0, 1, 2, 16_384, 16_385, 3_000_001];
/** Written at once by the client: nothing that records, buffers or pages are made of. */
const ODD = 7_919;

const digest = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');

/** Where files are kept, and how a test reads them. */
const places: Readonly<Record<string, () => Promise<Place>>> = {
  'in memory': async () => {
    const fileSystem = new MemoryFileSystem();
    return { options: { fileSystem }, contentOf: async (name) => fileSystem.readFile(`/${name}`) };
  },
  'on a disk': async () => {
    const root = await temporaryDirectory();
    return { options: { root }, contentOf: (name) => readFile(join(root, name)) };
  },
  'in a slow storage': async () => {
    const fileSystem = new SlowStorage();
    return { options: { fileSystem }, contentOf: async (name) => fileSystem.readFile(`/${name}`) };
  },
  'at a limited rate': async () => {
    const root = await temporaryDirectory();
    const maxBytesPerSecond = { perTransfer: 2 ** 30 };
    return { options: { root, maxBytesPerSecond }, contentOf: (name) => readFile(join(root, name)) };
  },
};

interface Place {
  readonly options: FtpServerOptions;
  contentOf(name: string): Promise<Uint8Array>;
}

/** Behind every write, there is more waiting than it has stored. */
class SlowStorage extends MemoryFileSystem {
  override async write(path: string, how: WriteMode): Promise<WritableFile> {
    const file = await super.write(path, how);
    const write = file.write.bind(file);
    file.write = async (chunk) => {
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      await write(chunk);
    };
    return file;
  }
}

/** An upload in odd pieces, up to its end and the 226. */
async function upload(client: ControlClient, line: string, content: Uint8Array, options: ConnectionOptions) {
  const data = await client.passiveResumed(options);
  expect(await client.code(line)).toBe(150);
  await data.protection.handshake;
  for (let at = 0; at < content.length; at += ODD) data.socket.write(content.subarray(at, at + ODD));
  data.socket.resume().end();
  expect((await client.reply()).code).toBe(226);
}

describe.each(Object.entries(places))('files %s', (_place, place) => {
  test.each(tlsVersions)('over %s come as they were sent, of whatever size they are', async (_version, options) => {
    const { options: serverOptions, contentOf } = await place();
    const client = await protectedClient(await startTlsServer({ dataResumption: 'require' }, serverOptions), options);
    for (const size of SIZES) {
      const content = randomBytes(size);
      await upload(client, 'STOR file', content, options);
      expect(digest(await contentOf('file')), `${size} octets`).toBe(digest(content));
      const session = await client.protection.session;
      const { octets, last } = await client.download('RETR file', { ...options, session });
      expect([last.code, digest(octets)], `${size} octets`).toEqual([226, digest(content)]);
    }
  });
});

describe.each(tlsVersions)('over %s', (_version, options) => {
  const content = randomBytes(100_003);

  async function clientAtDisk(): Promise<{ client: ControlClient; contentOf: Place['contentOf'] }> {
    const { options: serverOptions, contentOf } = await places['on a disk']!();
    return { client: await protectedClient(await startTlsServer({}, serverOptions), options), contentOf };
  }

  test('APPE, REST with STOR, and STOU store what comes where it belongs', async () => {
    const { client, contentOf } = await clientAtDisk();
    await upload(client, 'APPE file', content.subarray(0, 50_000), options);
    await upload(client, 'APPE file', content.subarray(50_000), options);
    expect(digest(await contentOf('file'))).toBe(digest(content));
    expect(await client.code('REST 20001')).toBe(350);
    await upload(client, 'STOR file', content.subarray(0, 30_000), options);
    const expected = Buffer.concat([content.subarray(0, 20_001), content.subarray(0, 30_000)]);
    const stored = await contentOf('file');
    expect(digest(stored.subarray(0, 50_001))).toBe(digest(expected));
    const { last } = await client.upload('STOU', content, options);
    const name = /stored as (\S+)$/.exec(last.lines[0]!)![1]!;
    expect(digest(await contentOf(name))).toBe(digest(content));
  });

  test('REST and RANG with RETR send the part that was asked for', async () => {
    const { client } = await clientAtDisk();
    await upload(client, 'STOR file', content, options);
    await client.command('REST 70001');
    expect(digest((await client.download('RETR file', options)).octets)).toBe(digest(content.subarray(70_001)));
    await client.command('RANG 16384 40000');
    expect(digest((await client.download('RETR file', options)).octets)).toBe(digest(content.subarray(16_384, 40_001)));
  });

  test('TYPE A converts the ends of lines', async () => {
    const { client, contentOf } = await clientAtDisk();
    const lines = 'a line of text\r\n'.repeat(5_000);
    await client.command('TYPE A');
    await upload(client, 'STOR text', Buffer.from(lines), options);
    expect(Buffer.from(await contentOf('text')).toString()).toBe(lines.replaceAll('\r\n', '\n'));
    expect((await client.download('RETR text', options)).octets.toString()).toBe(lines);
  });

  test('a listing of many records is whole', async () => {
    const names = Array.from({ length: 3_000 }, (_, i) => `/file-${i}`);
    const fileSystem = new MemoryFileSystem({ files: Object.fromEntries(names.map((name) => [name, ''])) });
    const client = await protectedClient(await startTlsServer({}, { fileSystem }), options);
    const { octets } = await client.download('NLST', options);
    expect(octets.toString()).toBe(names.map((name) => `${name.slice(1)}\r\n`).join(''));
  });

  describe('the end of an upload', () => {
    const before = 'what was there before';

    async function started(
      line: string,
      tls: Parameters<typeof startTlsServer>[0],
    ): Promise<{ client: ControlClient; data: DataClient; fileSystem: MemoryFileSystem }> {
      const fileSystem = new MemoryFileSystem({ files: { '/file': before } });
      const client = await protectedClient(await startTlsServer(tls, { fileSystem }), options);
      const data = await client.passiveResumed(options);
      expect(await client.code(line)).toBe(150);
      await data.protection.handshake;
      return { client, data, fileSystem };
    }

    const written = (data: DataClient, octets: Uint8Array | string) =>
      new Promise<void>((resolve) => data.socket.write(octets, () => resolve()));

    test.each(['end', 'reset'] as const)(
      'is a cut when it is the %s of TCP without a close_notify: 426, and what was there stays',
      async (how) => {
        const { client, data, fileSystem } = await started('STOR file', {});
        await written(data, content);
        data.protection.wire.cut(how);
        expect((await client.reply()).code).toBe(426);
        expect(fileSystem.readFile('/file').toString()).toBe(before);
        expect(await client.code('NOOP')).toBe(200);
      },
    );

    test('is a cut as well when nothing has come but the handshake', async () => {
      const { client, data, fileSystem } = await started('STOR new', {});
      data.protection.wire.cut('end');
      expect((await client.reply()).code).toBe(426);
      expect(fileSystem.exists('/new')).toBe(false);
    });

    test('that is a cut leaves what has come under a new name, to be resumed', async () => {
      const { client, data, fileSystem } = await started('STOR new', {});
      await written(data, content);
      data.protection.wire.cut('end');
      expect((await client.reply()).code).toBe(426);
      const { length } = fileSystem.readFile('/new');
      expect(digest(fileSystem.readFile('/new'))).toBe(digest(content.subarray(0, length)));
      expect(await client.code(`REST ${length}`)).toBe(350);
      await upload(client, 'STOR new', content.subarray(length), options);
      expect(digest(fileSystem.readFile('/new'))).toBe(digest(content));
    });

    test('is an end with unannouncedEnd: whole', async () => {
      const { client, data, fileSystem } = await started('STOR file', { unannouncedEnd: 'whole' });
      await written(data, content);
      data.protection.wire.cut('end');
      expect((await client.reply()).code).toBe(226);
      expect(digest(fileSystem.readFile('/file'))).toBe(digest(content));
    });

    test('is none with unannouncedEnd: whole either, when it is a reset', async () => {
      const { client, data, fileSystem } = await started('STOR file', { unannouncedEnd: 'whole' });
      await written(data, content);
      data.protection.wire.cut('reset');
      expect((await client.reply()).code).toBe(426);
      expect(fileSystem.readFile('/file').toString()).toBe(before);
    });

    test.each(['cut', 'whole'] as const)(
      'is none with unannouncedEnd: %s, when it comes in the middle of a record',
      async (unannouncedEnd) => {
        const { client, data, fileSystem } = await started('STOR file', { unannouncedEnd });
        await written(data, content);
        // The header of a record of 256 octets, and one of them.
        data.protection.wire.socket.end(Buffer.of(23, 3, 3, 1, 0, 42));
        expect((await client.reply()).code).toBe(426);
        expect(fileSystem.readFile('/file').toString()).toBe(before);
      },
    );

    test.each(['cut', 'whole'] as const)(
      'is none with unannouncedEnd: %s, when it comes behind a record that nobody can decrypt',
      async (unannouncedEnd) => {
        const { client, data, fileSystem } = await started('STOR file', { unannouncedEnd });
        await written(data, content);
        data.protection.wire.socket.end(Buffer.concat([Buffer.of(23, 3, 3, 0, 64), randomBytes(64)]));
        expect((await client.reply()).code).toBe(426);
        expect(fileSystem.readFile('/file').toString()).toBe(before);
        expect(await client.code('NOOP')).toBe(200);
      },
    );

    test('is waited for behind a record that nobody can decrypt no longer than that takes to find out', async () => {
      const { client, data } = await started('STOR file', {});
      await written(data, content);
      data.protection.wire.socket.write(Buffer.concat([Buffer.of(23, 3, 3, 0, 64), randomBytes(64)]));
      expect((await client.reply()).code).toBe(426);
    });

    test.runIf(options.maxVersion === 'TLSv1.2')('is a new handshake, too, which S3 forbids', async () => {
      const { client, data, fileSystem } = await started('STOR file', {});
      await written(data, content);
      data.protection.socket.renegotiate({}, () => {});
      expect((await client.reply()).code).toBe(426);
      expect(fileSystem.readFile('/file').toString()).toBe(before);
    });
  });
});

describe('an empty upload', () => {
  async function stored(tls: Parameters<typeof startTlsServer>[0], how: (data: DataClient) => void) {
    const fileSystem = new MemoryFileSystem();
    const client = await protectedClient(await startTlsServer(tls, { fileSystem }));
    const data = await client.passive();
    expect(await client.code('STOR empty')).toBe(150);
    how(data);
    const { code } = await client.reply();
    data.socket.destroy();
    expect(await client.code('NOOP')).toBe(200);
    return { code, exists: fileSystem.exists('/empty') };
  }

  test.each(['off', 'offer', 'warn'] as const)(
    'needs no handshake with dataResumption: %s, since some clients make none',
    async (dataResumption) => {
      expect(await stored({ dataResumption }, ({ socket }) => socket.end())).toEqual({ code: 226, exists: true });
    },
  );

  test('S5: needs one with dataResumption: require: anybody can come and say nothing', async () => {
    const outcome = await stored({ dataResumption: 'require' }, ({ socket }) => socket.end());
    expect(outcome).toEqual({ code: 522, exists: false });
  });

  test('is none when the connection is reset before the handshake', async () => {
    const { code, exists } = await stored({}, ({ socket }) => socket.resetAndDestroy());
    expect([[426, 522], exists]).toEqual([expect.arrayContaining([code]), false]);
  });

  test('is none when the handshake is left in the middle', async () => {
    const outcome = await stored({}, ({ socket }) => socket.end(Buffer.of(22, 3, 1, 2, 0, 1)));
    expect(outcome).toEqual({ code: 522, exists: false });
  });

  test('over a connection that the client has closed before the STOR is one, too', async () => {
    const fileSystem = new MemoryFileSystem();
    const client = await protectedClient(await startTlsServer({}, { fileSystem }));
    const data = await client.passive();
    data.socket.end();
    expect([await client.code('STOR empty'), (await client.reply()).code]).toEqual([150, 226]);
    expect(fileSystem.readFile('/empty')).toHaveLength(0);
  });
});
