import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileSystem, MemoryFileSystem } from '../../../src/index.ts';
import { everybodyIs, servedDirectory, servedFiles, text } from './served.ts';

const TIME = '20010203040506';
const TIME_MS = Date.parse('2001-02-03T04:05:06Z');

async function withFile(name = 'file') {
  const served = await servedFiles({ [`/${name}`]: 'x', '/dir/inner': '' });
  await served.storage.setTimes(`/${name}`, { modifiedMs: TIME_MS });
  return served;
}

describe('MDTM', () => {
  test('W18: tells in UTC when a file or a directory was changed', async () => {
    const { client, storage } = await withFile();
    expect(text(await client.command('MDTM file'))).toBe(`213 ${TIME}`);
    await storage.setTimes('/dir', { modifiedMs: TIME_MS });
    expect(text(await client.command('MDTM dir'))).toBe(`213 ${TIME}`);
    expect(await client.code('MDTM nowhere')).toBe(550);
  });

  test('W18: sets it when there is a time before the name', async () => {
    const { client, storage } = await withFile();
    expect(text(await client.command('MDTM 20200101000000 file'))).toBe('213 20200101000000');
    expect((await storage.stat('/file')).modifiedMs).toBe(Date.UTC(2020, 0));
  });

  test('W18: takes the whole argument as a name where there is such a file', async () => {
    const { client, storage } = await withFile('20200101000000 file');
    expect(text(await client.command('MDTM 20200101000000 file'))).toBe(`213 ${TIME}`);
    expect((await storage.stat('/20200101000000 file')).modifiedMs).toBe(TIME_MS);
  });

  test.each([
    ['20200231000000 file', 501],
    ['2020010100000 file', 550],
    ['20200101000000 nowhere', 550],
    ['20200101000000', 550],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await withFile();
    expect(await client.code(`MDTM ${argument}`)).toBe(code);
  });

  test('S10: sets nothing for an account that may not change metadata', async () => {
    const { client, storage } = await servedFiles(
      { '/file': '' },
      { authenticator: everybodyIs({ permissions: ['list', 'write'] }) },
    );
    const before = (await storage.stat('/file')).modifiedMs;
    expect(await client.code('MDTM 20200101000000 file')).toBe(550);
    expect(await client.code('MDTM file')).toBe(213);
    expect((await storage.stat('/file')).modifiedMs).toBe(before);
  });
});

describe('MFMT', () => {
  test('W19: sets the time and answers with it and the name', async () => {
    const { client, storage } = await servedFiles({ '/with space': '' });
    expect(text(await client.command(`MFMT ${TIME} with space`))).toBe(`213 Modify=${TIME}; with space`);
    expect((await storage.stat('/with space')).modifiedMs).toBe(TIME_MS);
    expect(text(await client.command(`MFMT ${TIME}.789 with space`))).toBe(`213 Modify=${TIME}; with space`);
  });

  test.each([
    ['file', 501],
    [`${TIME}`, 501],
    [`${TIME} `, 501],
    ['20201301000000 file', 501],
    ['now file', 501],
    [`${TIME} nowhere`, 550],
  ])('%j is answered %i', async (argument, code) => {
    const { client } = await withFile();
    expect(await client.code(`MFMT ${argument}`)).toBe(code);
  });

  test('works on the disk', async () => {
    const { client, root } = await servedDirectory();
    await writeFile(join(root, 'file'), '');
    expect(await client.code(`MFMT ${TIME} file`)).toBe(213);
    expect((await stat(join(root, 'file'))).mtimeMs).toBe(TIME_MS);
  });

  test('is answered 504 by a storage that cannot', async () => {
    const storage: FileSystem = new MemoryFileSystem({ files: { '/file': '' } });
    Object.defineProperty(storage, 'setTimes', { value: undefined });
    Object.defineProperty(storage, 'setMode', { value: undefined });
    const { client } = await servedFiles({}, { fileSystem: storage });
    expect(await client.code(`MFMT ${TIME} file`)).toBe(504);
    expect(await client.code(`MFF modify=${TIME}; file`)).toBe(504);
    expect(await client.code('MFF UNIX.mode=600; file')).toBe(504);
    expect(await client.code('SITE CHMOD 600 file')).toBe(504);
    expect(await client.code(`SITE UTIME ${TIME} file`)).toBe(504);
    expect(await client.code('SITE SYMLINK file link')).toBe(504);
  });
});

describe('MFCT', () => {
  test('is answered 504, or 501 where it is not even well formed', async () => {
    const { client } = await withFile();
    expect(await client.code(`MFCT ${TIME} file`)).toBe(504);
    expect(await client.code('MFCT file')).toBe(501);
  });
});

describe('MFF', () => {
  test('sets several facts at once, in any case, and answers as it was asked', async () => {
    const { client, storage } = await servedFiles({ '/with space': '' });
    const argument = `Modify=${TIME};unix.MODE=0600; with space`;
    expect(text(await client.command(`MFF ${argument}`))).toBe(`213 ${argument}`);
    expect(await storage.stat('/with space')).toMatchObject({ modifiedMs: TIME_MS, mode: 0o600 });
  });

  test.each([
    ['file', 501],
    ['modify=20200101000000 file', 501],
    ['modify=nonsense; file', 501],
    ['UNIX.mode=999; file', 501],
    ['size=5; file', 504],
    ['constructor=5; file', 504],
    [`modify=${TIME}; nowhere`, 550],
  ])('%s is answered %i', async (argument, code) => {
    const { client } = await withFile();
    expect(await client.code(`MFF ${argument}`)).toBe(code);
  });

  test('sets nothing when one of the facts cannot be set', async () => {
    const { client, storage } = await withFile();
    expect(await client.code('MFF modify=20200101000000;size=5; file')).toBe(504);
    expect(await client.code('MFF modify=20200101000000;UNIX.mode=rwx; file')).toBe(501);
    expect((await storage.stat('/file')).modifiedMs).toBe(TIME_MS);
  });
});
