import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type DirectoryEntry,
  MemoryFileSystem,
  type ReadableFile,
  StorageError,
  type WriteMode,
} from '../../src/index.ts';
import type { ControlClient, DataClient } from '../support/control-client.ts';
import { loggedIn, startTestServer } from '../support/test-server.ts';
import { openingParsers } from './client-parsers.ts';
import { StorageWithVastFile, vastTransfer } from './vast-file.ts';

const CONTENT = 'one\ntwo\n';

/** A promise, and what fulfils it. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('W3: the size in the 150', () => {
  test.each(Object.keys(openingParsers))(
    'W3: %s finds it for a binary RETR, also of the rest of a file',
    async (name) => {
      const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT, '/empty': '' } });
      const client = await loggedIn(await startTestServer({ fileSystem }));
      await client.command('TYPE I');
      const whole = await client.download('RETR file');
      expect(openingParsers[name]!(whole.first.lines[0]!)).toBe(CONTENT.length);
      await client.command('REST 3');
      const rest = await client.download('RETR file');
      expect(openingParsers[name]!(rest.first.lines[0]!)).toBe(rest.octets.length);
      expect(openingParsers[name]!((await client.download('RETR empty')).first.lines[0]!)).toBe(0);
    },
  );

  test.each(Object.keys(openingParsers))(
    'W3: %s finds none where line ends are converted, or in listings',
    async (name) => {
      const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
      const client = await loggedIn(await startTestServer({ fileSystem }));
      await client.command('TYPE A');
      for (const line of ['RETR file', 'LIST', 'MLSD']) {
        const { first } = await client.download(line);
        expect(first.code).toBe(150);
        expect(openingParsers[name]!(first.lines[0]!), line).toBeUndefined();
        expect(first.lines[0]).not.toMatch(/\d+ bytes/);
      }
    },
  );
});

describe('W4: the order at the end of a transfer', () => {
  test('W4: an upload closes the data connection, then makes the file final, then says 226', async () => {
    const held = gate();
    const fileSystem = new (class extends MemoryFileSystem {
      override async write(path: string, how: WriteMode) {
        const file = await super.write(path, how);
        const commit = file.commit.bind(file);
        file.commit = async () => {
          await held.opened;
          await commit();
        };
        return file;
      }
    })();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    const data = await client.passive();
    await client.command('STOR new');
    data.socket.end(CONTENT);
    data.socket.resume();
    await once(data.socket, 'close');
    // Closed, and neither 226 nor a file: NOOP is answered before both.
    expect(await client.code('NOOP')).toBe(200);
    expect(fileSystem.exists('/new')).toBe(false);
    held.open();
    expect((await client.reply()).code).toBe(226);
    expect(fileSystem.readFile('/new').toString()).toBe(CONTENT);
  });

  test('W4: a download closes the data connection, then the file, then says 226', async () => {
    const held = gate();
    let closed = false;
    const fileSystem = new (class extends MemoryFileSystem {
      override async read(path: string, options?: { readonly start?: number }) {
        const file = await super.read(path, options);
        file.close = async () => {
          await held.opened;
          closed = true;
        };
        return file;
      }
    })({ files: { '/file': CONTENT } });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    const data = await client.passive();
    await client.command('RETR file');
    await data.everything();
    expect(await client.code('NOOP')).toBe(200);
    held.open();
    expect((await client.reply()).code).toBe(226);
    expect(closed).toBe(true);
  });
});

test('W5: 226 ends every kind of transfer', async () => {
  const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
  const client = await loggedIn(await startTestServer({ fileSystem }));
  for (const type of ['TYPE A', 'TYPE I']) {
    await client.command(type);
    for (const line of ['RETR file', 'LIST', 'NLST', 'MLSD', 'LIST file', 'NLST f*']) {
      expect((await client.download(line)).last.code, line).toBe(226);
    }
    for (const line of ['STOR new', 'APPE new', 'STOU new', 'STOU']) {
      expect((await client.upload(line, 'text')).last.code, line).toBe(226);
    }
  }
});

describe('W6: a download that fails ends with a reset, never with a clean end', () => {
  /** Both ends of a failed download: how the data connection ended, and the reply. */
  async function ending(client: ControlClient, data: DataClient): Promise<{ end: string; code: number }> {
    data.socket.resume();
    return { end: await data.outcome, code: (await client.reply()).code };
  }

  test('W6: a file of the disk that shrinks', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ohai-ftpd-wire-'));
    onTestFinished(() => rm(root, { recursive: true }));
    await writeFile(join(root, 'file'), '');
    // Sparse, and larger than all buffers between the two ends.
    await truncate(join(root, 'file'), 2 ** 29);
    const client = await loggedIn(await startTestServer({ root }));
    await client.command('TYPE I');
    const data = await client.passive();
    expect(await client.code('RETR file')).toBe(150);
    await truncate(join(root, 'file'), 1);
    const { end, code } = await ending(client, data);
    expect(end).toBe('reset');
    expect([426, 451]).toContain(code);
    expect(await client.code('NOOP')).toBe(200);
  });

  test('W6: a storage that fails in the middle, with an error of its own and with any other', async () => {
    let failure: Error;
    const fileSystem = new (class extends StorageWithVastFile {
      override async read(path: string, options?: { readonly start?: number }): Promise<ReadableFile> {
        const file = await super.read(path, options);
        let reads = 0;
        file.read = async (buffer) => {
          reads += 1;
          if (reads > 2) throw failure;
          return buffer.length;
        };
        return file;
      }
    })();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    for (failure of [new StorageError('input-output', 'a bad sector'), new Error('a fault')]) {
      const data = await client.passive();
      expect(await client.code('RETR vast')).toBe(150);
      expect(await ending(client, data)).toEqual({ end: 'reset', code: 451 });
    }
    expect(fileSystem.open).toBe(0);
  });

  test('W6: a listing that fails in the middle', async () => {
    const fileSystem = new (class extends MemoryFileSystem {
      override async *list(): AsyncGenerator<readonly DirectoryEntry[]> {
        yield [{ name: 'first', type: 'file' }];
        throw new StorageError('input-output', 'a bad sector');
      }
    })();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    for (const line of ['LIST', 'NLST', 'MLSD']) {
      const data = await client.passive();
      expect(await client.code(line)).toBe(150);
      expect(await ending(client, data), line).toEqual({ end: 'reset', code: 451 });
    }
  });

  test('W6: ABOR', async () => {
    const fileSystem = new StorageWithVastFile();
    const client = await loggedIn(await startTestServer({ fileSystem }));
    const data = await vastTransfer(client);
    client.send('ABOR');
    expect(await ending(client, data)).toEqual({ end: 'reset', code: 426 });
    expect(fileSystem.open).toBe(0);
  });

  test('W6: a client that takes nothing for the stall time', async () => {
    const fileSystem = new StorageWithVastFile();
    const client = await loggedIn(await startTestServer({ fileSystem, timeouts: { stallMs: 100 } }));
    const data = await vastTransfer(client);
    expect((await client.reply()).code).toBe(426);
    data.socket.resume();
    expect(await data.outcome).toBe('reset');
    expect(fileSystem.open).toBe(0);
    expect(await client.code('NOOP')).toBe(200);
  });
});

describe('W16: SIZE', () => {
  test('W16: is 213 with the number alone in TYPE I, and 550 in TYPE A', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    expect((await client.command('SIZE file')).lines).toEqual(['213 8']);
    await client.command('TYPE A');
    expect(await client.code('SIZE file')).toBe(550);
  });

  test('W16: is that of the file in TYPE A when nothing is converted', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT } });
    const client = await loggedIn(await startTestServer({ fileSystem, asciiConversion: false }));
    await client.command('TYPE A');
    expect((await client.command('SIZE file')).lines).toEqual(['213 8']);
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
  });

  test('W16: is what RETR sends in TYPE A up to the limit of the options, and 550 beyond', async () => {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT, '/larger': `${CONTENT}!` } });
    const client = await loggedIn(await startTestServer({ fileSystem, asciiSizeLimit: CONTENT.length }));
    await client.command('TYPE A');
    const { octets } = await client.download('RETR file');
    expect((await client.command('SIZE file')).lines).toEqual([`213 ${octets.length}`]);
    expect(octets.toString()).toBe('one\r\ntwo\r\n');
    expect(await client.code('SIZE larger')).toBe(550);
  });
});

describe('W17: REST', () => {
  async function clientInBinary(): Promise<{ client: ControlClient; fileSystem: MemoryFileSystem }> {
    const fileSystem = new MemoryFileSystem({ files: { '/file': CONTENT, '/old': CONTENT } });
    const client = await loggedIn(await startTestServer({ fileSystem }));
    await client.command('TYPE I');
    return { client, fileSystem };
  }

  test('W17: is refused in TYPE A, as long as line ends are converted', async () => {
    const { client } = await clientInBinary();
    await client.command('TYPE A');
    expect(await client.code('REST 4')).toBe(504);
    expect(await client.code('REST 0')).toBe(350);
    await client.command('TYPE I');
    await client.command('REST 4');
    await client.command('TYPE A');
    expect((await client.download('RETR file')).last.code).toBe(504);
  });

  test('W17: beyond the end of the file is 554, for RETR and for STOR, and leaves the file alone', async () => {
    const { client, fileSystem } = await clientInBinary();
    for (const line of ['RETR file', 'STOR file']) {
      expect(await client.code('REST 9')).toBe(350);
      const data = await client.passive();
      expect(await client.code(line), line).toBe(554);
      data.socket.destroy();
    }
    expect(fileSystem.readFile('/file').toString()).toBe(CONTENT);
  });

  test('W17: at the end of the file sends nothing, and appends', async () => {
    const { client, fileSystem } = await clientInBinary();
    await client.command('REST 8');
    expect((await client.download('RETR file')).octets).toHaveLength(0);
    await client.command('REST 8');
    expect((await client.upload('STOR file', 'three\n')).last.code).toBe(226);
    expect(fileSystem.readFile('/file').toString()).toBe(`${CONTENT}three\n`);
  });

  test.each(['-1', '9007199254740992', '9223372036854775808', '18446744073709551615', '1e3', '0x10', '4.0', ' 4', '٤'])(
    'W17: does not take %j for an offset',
    async (argument) => {
      const { client } = await clientInBinary();
      expect(await client.code(`REST ${argument}`)).toBe(501);
      expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
    },
  );

  test('W17: holds for one transfer', async () => {
    const { client } = await clientInBinary();
    await client.command('REST 4');
    expect((await client.download('RETR file')).octets.toString()).toBe('two\n');
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
  });

  test('W17: does not survive a transfer that was refused', async () => {
    const { client } = await clientInBinary();
    await client.command('REST 4');
    expect((await client.download('RETR missing')).last.code).toBe(550);
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
  });

  test.each([
    'TYPE I',
    'SIZE file',
    'MDTM file',
    'NOOP',
    'PASV',
    'EPSV',
    'PORT 127,0,0,1,200,10',
    'EPRT |1|127.0.0.1|51210|',
  ])('W17: survives %s', async (line) => {
    const { client } = await clientInBinary();
    await client.command('REST 4');
    await client.command(line);
    expect((await client.download('RETR file')).octets.toString()).toBe('two\n');
  });

  test.each([
    'PWD',
    'CWD /',
    'CDUP',
    'MKD new',
    'RMD none',
    'DELE old',
    'RNTO x',
    'STAT',
    'SYST',
    'FEAT',
    'HELP',
    'ABOR',
    'SITE HELP',
  ])('W17: does not survive %s', async (line) => {
    const { client } = await clientInBinary();
    await client.command('REST 4');
    await client.command(line);
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
  });
});
