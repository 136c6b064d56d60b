import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { servedDirectory, servedFiles, text } from './served.ts';

const FILES = { '/file': 'x', '/dir/inner/deep': 'y' };

describe.each(['CWD', 'XCWD'])('%s', (verb) => {
  test('changes the directory, with absolute and relative paths', async () => {
    const { client } = await servedFiles(FILES);
    for (const [argument, directory] of [
      ['dir', '/dir'],
      ['inner', '/dir/inner'],
      ['..', '/dir'],
      ['/dir/inner/', '/dir/inner'],
      ['.././../dir', '/dir'],
      ['../../../..', '/'],
    ]) {
      expect(await client.code(`${verb} ${argument}`)).toBe(250);
      expect(text(await client.command('PWD'))).toBe(`257 "${directory}" is the current directory.`);
    }
  });

  test('is refused with 550 for a file and for what does not exist, and changes nothing then', async () => {
    const { client } = await servedFiles(FILES);
    await client.command('CWD dir');
    expect(await client.code(`${verb} /file`)).toBe(550);
    expect(await client.code(`${verb} nowhere`)).toBe(550);
    expect(await client.code(`${verb} /file/below`)).toBe(550);
    expect(text(await client.command('PWD'))).toMatch('"/dir"');
  });
});

test('W28: CWD takes the rest of the line as the path, spaces included', async () => {
  const { client } = await servedFiles({ '/ two  spaces /file': '', '/-a/file': '' });
  expect(await client.code('CWD  two  spaces ')).toBe(250);
  expect(text(await client.command('PWD'))).toBe('257 "/ two  spaces " is the current directory.');
  expect(await client.code('CWD /-a')).toBe(250);
});

test('S8: CWD is refused with 501 for a NUL and a CR in the path', async () => {
  const { client } = await servedFiles(FILES);
  expect(await client.code('CWD dir\0')).toBe(501);
  // CR NUL is a literal CR (RFC 2640 section 3.1).
  expect(await client.code('CWD dir\r\0x')).toBe(501);
});

describe.each(['CDUP', 'XCUP'])('%s', (verb) => {
  test('goes up one directory, and stays at the root', async () => {
    const { client } = await servedFiles(FILES);
    await client.command('CWD dir/inner');
    for (const directory of ['/dir', '/', '/']) {
      expect(await client.code(verb)).toBe(250);
      expect(text(await client.command('PWD'))).toMatch(`257 "${directory}" `);
    }
  });
});

describe.each(['PWD', 'XPWD'])('%s', (verb) => {
  test('W15: doubles quotes in the path, and has none in the text behind it', async () => {
    const { client } = await servedFiles({ '/say "hi"/file': '' });
    await client.command('CWD say "hi"');
    const line = text(await client.command(verb));
    expect(line).toBe('257 "/say ""hi""" is the current directory.');
  });
});

describe.each(['MKD', 'XMKD', 'SITE MKDIR'])('%s', (verb) => {
  test('W15: makes a directory and answers 257 with its absolute path in quotes', async () => {
    const { client, storage } = await servedFiles(FILES);
    await client.command('CWD dir');
    expect(text(await client.command(`${verb} new "one"`))).toBe('257 "/dir/new ""one""" created.');
    expect(await storage.stat('/dir/new "one"')).toMatchObject({ type: 'directory' });
  });
});

describe.each(['MKD', 'XMKD'])('%s', (verb) => {
  test('is refused with 550 where something has the name, or where the parent is missing', async () => {
    const { client } = await servedFiles(FILES);
    expect(await client.code(`${verb} dir`)).toBe(550);
    expect(await client.code(`${verb} file`)).toBe(550);
    expect(await client.code(`${verb} a/b`)).toBe(550);
    expect(await client.code(`${verb} /`)).toBe(550);
  });
});

describe('SITE MKDIR', () => {
  test('makes the directories above as well, and does not mind those that are there, as `mkdir -p` of lftp needs it', async () => {
    const { client, storage } = await servedFiles(FILES);
    expect(text(await client.command('SITE MKDIR dir/a/b'))).toBe('257 "/dir/a/b" created.');
    expect(await storage.stat('/dir/a/b')).toMatchObject({ type: 'directory' });
    expect(await client.code('SITE MKDIR dir/a/b')).toBe(257);
    expect(await client.code('SITE MKDIR /')).toBe(257);
  });

  test('is refused with 550 where a file has the name of one of them', async () => {
    const { client } = await servedFiles(FILES);
    expect(await client.code('SITE MKDIR file')).toBe(550);
    expect(await client.code('SITE MKDIR file/below')).toBe(550);
  });
});

test('MKD makes directories with the bits that SITE UMASK leaves', async () => {
  const { client, storage } = await servedFiles();
  await client.command('SITE UMASK 027');
  await client.command('MKD private');
  expect((await storage.stat('/private')).mode).toBe(0o750);
});

describe.each(['RMD', 'XRMD', 'SITE RMDIR'])('%s', (verb) => {
  test('removes an empty directory, and nothing else', async () => {
    const { client, storage } = await servedFiles(FILES);
    expect(await client.code(`${verb} dir`)).toBe(550);
    expect(await client.code(`${verb} file`)).toBe(550);
    expect(await client.code(`${verb} nowhere`)).toBe(550);
    expect(await client.code(`${verb} /`)).toBe(550);
    await client.command('MKD empty');
    expect(await client.code(`${verb} empty`)).toBe(250);
    expect(storage.exists('/empty')).toBe(false);
    expect(storage.readFile('/dir/inner/deep').toString()).toBe('y');
  });
});

describe('symbolic links on the disk', () => {
  test('S9: lead CWD to directories inside of the root, and not out of it', async () => {
    const { client, root } = await servedDirectory();
    await mkdir(join(root, 'real'));
    await writeFile(join(root, 'real', 'file'), 'x');
    await symlink('real', join(root, 'inside'));
    await symlink('/etc', join(root, 'outside'));
    expect(await client.code('CWD inside')).toBe(250);
    expect(text(await client.command('PWD'))).toMatch('"/inside"');
    expect(await client.code('SIZE file')).toBe(550);
    await client.command('TYPE I');
    expect(text(await client.command('SIZE file'))).toBe('213 1');
    const refusal = await client.command('CWD /outside');
    expect(refusal.code).toBe(550);
    expect(text(refusal)).not.toContain('etc');
  });
});
