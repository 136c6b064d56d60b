import { lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileSystem, MemoryFileSystem } from '../../../src/index.ts';
import { everybodyIs, servedDirectory, servedFiles, text } from './served.ts';

describe('RNFR and RNTO', () => {
  test('rename a file and a directory, in one directory or into another', async () => {
    const { client, storage } = await servedFiles({ '/a': 'x', '/dir/file': 'y', '/other/z': '' });
    expect(text(await client.command('RNFR a'))).toBe('350 Ready for RNTO.');
    expect(text(await client.command('RNTO other/b'))).toBe('250 Renamed.');
    await client.command('RNFR dir');
    expect(await client.code('RNTO /other/moved')).toBe(250);
    expect(storage.readFile('/other/b').toString()).toBe('x');
    expect(storage.readFile('/other/moved/file').toString()).toBe('y');
    expect(storage.exists('/a') || storage.exists('/dir')).toBe(false);
  });

  test('replace a file that has the new name, with the permission to delete', async () => {
    const files = { '/a': 'new', '/b': 'old' };
    const { client, storage } = await servedFiles(files);
    await client.command('RNFR a');
    expect(await client.code('RNTO b')).toBe(250);
    expect(storage.readFile('/b').toString()).toBe('new');

    const { client: limited, storage: kept } = await servedFiles(files, {
      authenticator: everybodyIs({ permissions: ['rename'] }),
    });
    await limited.command('RNFR a');
    expect(await limited.code('RNTO b')).toBe(550);
    expect(kept.readFile('/b').toString()).toBe('old');
    await limited.command('RNFR a');
    expect(await limited.code('RNTO c')).toBe(250);
  });

  test('belong together: 503 for RNTO without RNFR, or with another command in between', async () => {
    const { client, storage } = await servedFiles({ '/a': '', '/b': '' });
    expect(await client.code('RNTO c')).toBe(503);
    await client.command('RNFR a');
    await client.command('PWD');
    expect(await client.code('RNTO c')).toBe(503);
    await client.command('RNFR a');
    expect(await client.code('RNTO c')).toBe(250);
    expect(await client.code('RNTO d')).toBe(503);
    expect(storage.exists('/c')).toBe(true);
  });

  test('a refused RNFR does not leave an earlier one in force', async () => {
    const { client, storage } = await servedFiles({ '/a': '', '/b': '' });
    await client.command('RNFR a');
    expect(await client.code('RNFR nowhere')).toBe(550);
    expect(await client.code('RNTO c')).toBe(503);
    expect(storage.exists('/c')).toBe(false);
  });

  test('are refused for the root, a directory into itself, a missing directory and a directory in the way', async () => {
    const { client, storage } = await servedFiles({ '/dir/sub/file': '', '/a': '', '/full/x': '' });
    expect(await client.code('RNFR /')).toBe(550);
    for (const [from, to, code] of [
      ['dir', 'dir/sub/dir', 553],
      ['dir', 'dir/x', 553],
      ['a', 'nowhere/a', 550],
      ['a', 'full', 550],
      ['dir', 'full', 550],
      ['dir', 'a', 550],
    ] as const) {
      await client.command(`RNFR ${from}`);
      expect(await client.code(`RNTO ${to}`), `${from} to ${to}`).toBe(code);
    }
    expect(storage.exists('/dir/sub/file') && storage.exists('/a') && storage.exists('/full/x')).toBe(true);
  });

  test('to the same name change nothing', async () => {
    const { client, storage } = await servedFiles({ '/a': 'x' });
    await client.command('RNFR a');
    expect(await client.code('RNTO a')).toBe(250);
    expect(storage.readFile('/a').toString()).toBe('x');
  });

  test('S9: move a symbolic link itself, also one that leads nowhere or outside', async () => {
    const { client, root } = await servedDirectory();
    await symlink('/etc/passwd', join(root, 'link'));
    await client.command('RNFR link');
    expect(await client.code('RNTO moved')).toBe(250);
    expect((await lstat(join(root, 'moved'))).isSymbolicLink()).toBe(true);
  });
});

describe('DELE', () => {
  test('deletes a file', async () => {
    const { client, storage } = await servedFiles({ '/a': '' });
    expect(text(await client.command('DELE a'))).toBe('250 File deleted.');
    expect(storage.exists('/a')).toBe(false);
  });

  test('is refused with 550 for a directory and for what does not exist', async () => {
    const { client, storage } = await servedFiles({ '/dir/file': '' });
    expect(await client.code('DELE dir')).toBe(550);
    expect(await client.code('DELE nowhere')).toBe(550);
    expect(await client.code('DELE /')).toBe(550);
    expect(storage.exists('/dir/file')).toBe(true);
  });

  test('takes its argument literally: no wildcards', async () => {
    const { client, storage } = await servedFiles({ '/a': '', '/b': '' });
    expect(await client.code('DELE *')).toBe(550);
    expect(storage.exists('/a') && storage.exists('/b')).toBe(true);
  });

  test('S9: removes a symbolic link itself', async () => {
    const { client, root } = await servedDirectory();
    await mkdir(join(root, 'dir'));
    await writeFile(join(root, 'dir', 'file'), 'kept');
    await symlink('dir/file', join(root, 'link'));
    expect(await client.code('DELE link')).toBe(250);
    expect(await readFile(join(root, 'dir', 'file'), 'utf8')).toBe('kept');
  });
});

describe('SIZE', () => {
  test('W16: answers 213 and the bare number in TYPE I', async () => {
    const { client } = await servedFiles({ '/a': 'x'.repeat(1234), '/empty': '' });
    await client.command('TYPE I');
    expect(text(await client.command('SIZE a'))).toBe('213 1234');
    expect(text(await client.command('SIZE empty'))).toBe('213 0');
  });

  test('W16: is refused with 550 in TYPE A, where RETR would send another number of octets', async () => {
    const { client } = await servedFiles({ '/a': 'one\n' });
    expect(await client.code('SIZE a')).toBe(550);
  });

  test('W16: counts the converted file in TYPE A up to the size in the settings', async () => {
    const { client } = await servedFiles({ '/a': 'one\ntwo\r\n', '/b': 'x'.repeat(21) }, { asciiSizeLimit: 20 });
    expect(text(await client.command('SIZE a'))).toBe('213 10');
    expect((await client.download('RETR a')).octets).toHaveLength(10);
    expect(await client.code('SIZE b')).toBe(550);
  });

  test('W16: is the size of the file in TYPE A when nothing is converted', async () => {
    const { client } = await servedFiles({ '/a': 'one\n' }, { asciiConversion: false });
    expect(text(await client.command('SIZE a'))).toBe('213 4');
  });

  test('is refused with 550 for a directory and for what does not exist', async () => {
    const { client } = await servedFiles({ '/dir/file': '' });
    await client.command('TYPE I');
    expect(await client.code('SIZE dir')).toBe(550);
    expect(await client.code('SIZE nowhere')).toBe(550);
  });
});

describe('AVBL', () => {
  test('tells the octets that can still be stored', async () => {
    const { client } = await servedFiles(
      {},
      { fileSystem: new MemoryFileSystem({ files: { '/a': 'x'.repeat(40), '/dir/b': '' }, capacity: 100 }) },
    );
    expect(text(await client.command('AVBL'))).toBe('213 60');
    expect(text(await client.command('AVBL dir'))).toBe('213 60');
    expect(await client.code('AVBL a')).toBe(550);
    expect(await client.code('AVBL nowhere')).toBe(550);
  });

  test('works on the disk', async () => {
    const { client } = await servedDirectory();
    expect(text(await client.command('AVBL'))).toMatch(/^213 \d+$/);
  });

  test('is answered 504 by a storage that cannot tell', async () => {
    const storage: FileSystem = new MemoryFileSystem();
    Object.defineProperty(storage, 'available', { value: undefined });
    const { client } = await servedFiles({}, { fileSystem: storage });
    expect(await client.code('AVBL')).toBe(504);
  });
});
