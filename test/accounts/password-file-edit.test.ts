import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { editPasswordFile } from '../../src/accounts/password-file-edit.ts';
import { PASSWORD_FILE_HEADER } from '../../src/accounts/password-file-format.ts';
import { decoyPasswordHash } from '../../src/accounts/password-hash.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const OLD = decoyPasswordHash();
const NEW = decoyPasswordHash();

async function existingFile(content: string) {
  const path = join(await temporaryDirectory(), 'accounts');
  await writeFile(path, content, { mode: 0o640 });
  await chmod(path, 0o640);
  return path;
}

describe('editing a password file', () => {
  test('makes a file with a header that only its owner can read', async () => {
    const path = join(await temporaryDirectory(), 'accounts');
    expect(await editPasswordFile(path, { action: 'set', name: 'alice', passwordHash: NEW })).toBe('added');
    expect(await readFile(path, 'utf8')).toBe(`${PASSWORD_FILE_HEADER}alice:${NEW}:read-only:/\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('adds an account at the end and leaves every other line and the mode as they were', async () => {
    const before = `# ours\n\n  alice:${OLD}: write ,list:/a  \n# end`;
    const path = await existingFile(before);
    const edit = {
      action: 'set',
      name: 'bob',
      passwordHash: NEW,
      home: '/b/',
      permissions: ['read'],
      administrator: true,
    } as const;
    expect(await editPasswordFile(path, edit)).toBe('added');
    expect(await readFile(path, 'utf8')).toBe(`${before}\nbob:${NEW}:read,administrator:/b\n`);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  test('changes in an account only what is given', async () => {
    const path = await existingFile(`alice:${OLD}:write,administrator:/a\nbob:${OLD}\n`);
    expect(await editPasswordFile(path, { action: 'set', name: 'alice', passwordHash: NEW })).toBe('replaced');
    expect(await readFile(path, 'utf8')).toBe(`alice:${NEW}:write,administrator:/a\nbob:${OLD}\n`);
    await editPasswordFile(path, { action: 'set', name: 'alice', passwordHash: NEW, home: '/z', administrator: false });
    expect(await readFile(path, 'utf8')).toBe(`alice:${NEW}:write:/z\nbob:${OLD}\n`);
  });

  test('sets, keeps and takes away the rate of an account', async () => {
    const path = await existingFile(`alice:${OLD}:read
`);
    const set = { action: 'set', name: 'alice', passwordHash: NEW } as const;
    await editPasswordFile(path, { ...set, maxBytesPerSecond: 1_048_576 });
    expect(await readFile(path, 'utf8')).toBe(`alice:${NEW}:read,max-rate=1M:/
`);
    await editPasswordFile(path, { ...set, home: '/a' });
    expect(await readFile(path, 'utf8')).toBe(`alice:${NEW}:read,max-rate=1M:/a
`);
    await editPasswordFile(path, { ...set, maxBytesPerSecond: null });
    expect(await readFile(path, 'utf8')).toBe(`alice:${NEW}:read:/a
`);
  });

  test('removes an account, and says when there was none', async () => {
    const path = await existingFile(`# ours\nalice:${OLD}\nbob:${OLD}\n`);
    expect(await editPasswordFile(path, { action: 'remove', name: 'alice' })).toBe('removed');
    expect(await editPasswordFile(path, { action: 'remove', name: 'alice' })).toBe('absent');
    expect(await readFile(path, 'utf8')).toBe(`# ours\nbob:${OLD}\n`);
  });

  test('does not make a file only to remove an account from it', async () => {
    const path = join(await temporaryDirectory(), 'accounts');
    expect(await editPasswordFile(path, { action: 'remove', name: 'alice' })).toBe('absent');
    expect(await readdir(dirname(path))).toEqual([]);
  });

  test('replaces the file that a symbolic link points to, not the link', async () => {
    const path = await existingFile('');
    const link = join(await temporaryDirectory(), 'link');
    await symlink(path, link);
    await editPasswordFile(link, { action: 'set', name: 'alice', passwordHash: NEW });
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(path, 'utf8')).toContain('alice:');
  });

  test('refuses what would not be read back, and touches nothing', async () => {
    const path = await existingFile(`alice:${OLD}\n`);
    const set = { action: 'set', name: 'bob', passwordHash: NEW } as const;
    await expect(editPasswordFile(path, { ...set, name: 'b:b' })).rejects.toThrow("contains ':'");
    await expect(editPasswordFile(path, { ...set, home: 'b' })).rejects.toThrow("does not begin with '/'");
    await expect(editPasswordFile(path, { ...set, permissions: [] })).rejects.toThrow('needs a permission');
    expect(await readFile(path, 'utf8')).toBe(`alice:${OLD}\n`);
  });

  test('refuses a file that is not in order', async () => {
    const path = await existingFile('what is this\n');
    const edit = editPasswordFile(path, { action: 'set', name: 'bob', passwordHash: NEW });
    await expect(edit).rejects.toThrow(`${path} line 1: `);
    expect(await readFile(path, 'utf8')).toBe('what is this\n');
  });

  test.skipIf(process.platform === 'win32')('refuses a named pipe at once, and leaves it where it is', async () => {
    const path = join(await temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    for (const edit of [
      { action: 'set', name: 'bob', passwordHash: NEW },
      { action: 'remove', name: 'bob' },
    ] as const) {
      await expect(editPasswordFile(path, edit)).rejects.toThrow(`${path} is not a regular file; nothing was changed`);
    }
    expect((await lstat(path)).isFIFO()).toBe(true);
    expect(await readdir(dirname(path))).toEqual(['pipe']);
  });

  test('leaves no temporary file behind when it fails', async () => {
    const directory = await temporaryDirectory();
    // A directory in the place of the file can be neither read nor replaced.
    const path = join(directory, 'accounts');
    await mkdir(path);
    await expect(editPasswordFile(path, { action: 'set', name: 'bob', passwordHash: NEW })).rejects.toThrow(
      `${path} is not a regular file; nothing was changed`,
    );
    expect(await readdir(directory)).toEqual(['accounts']);
  });
});
