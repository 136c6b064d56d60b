import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PasswordFile } from '../../src/accounts/password-file.ts';
import { decoyPasswordHash } from '../../src/accounts/password-hash.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const HASH = decoyPasswordHash();

async function passwordFile(content: string) {
  const path = join(await temporaryDirectory(), 'accounts');
  await writeFile(path, content);
  const errors: string[] = [];
  const file = await PasswordFile.open(path, { onError: ({ message }) => errors.push(message) });
  const homeOf = async (name: string) => (await file.find(name))?.account.home;
  return { path, errors, file, homeOf };
}

describe('an open password file', () => {
  test('finds its accounts by name', async () => {
    const { file } = await passwordFile(`alice:${HASH}::/a\nbob:${HASH}\n`);
    expect(await file.find('alice')).toEqual({
      account: { name: 'alice', home: '/a', permissions: ['list', 'read'] },
      passwordHash: HASH,
    });
    expect(await file.find('carol')).toBeUndefined();
    expect(file.names()).toEqual(['alice', 'bob']);
  });

  test('cannot be opened when it is missing or a line is wrong', async () => {
    const path = join(await temporaryDirectory(), 'accounts');
    const open = () => PasswordFile.open(path, { onError: () => {} });
    await expect(open()).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(path, `alice:${HASH}\nbob\n`);
    await expect(open()).rejects.toThrow(`${path} line 2: `);
  });

  test('is read again when it was written in place', async () => {
    const { path, homeOf } = await passwordFile(`alice:${HASH}::/a\n`);
    expect(await homeOf('alice')).toBe('/a');
    await writeFile(path, `alice:${HASH}::/other\nbob:${HASH}::/b\n`);
    expect(await homeOf('alice')).toBe('/other');
    expect(await homeOf('bob')).toBe('/b');
  });

  test('is read again when another file took its place, even one of the same size', async () => {
    const { path, homeOf } = await passwordFile(`alice:${HASH}::/a\n`);
    await writeFile(`${path}.new`, `alice:${HASH}::/b\n`);
    await rename(`${path}.new`, path);
    expect(await homeOf('alice')).toBe('/b');
  });

  test('that breaks keeps the accounts that it had, and says so once', async () => {
    const { path, errors, homeOf } = await passwordFile(`alice:${HASH}::/a\n`);
    await writeFile(path, 'alice\n');
    expect(await homeOf('alice')).toBe('/a');
    expect(await homeOf('alice')).toBe('/a');
    expect(errors).toEqual([expect.stringContaining(`${path} line 1: `)]);

    await writeFile(path, `alice:${HASH}::/mended\n`);
    expect(await homeOf('alice')).toBe('/mended');
    expect(errors).toHaveLength(1);
  });

  test('that vanishes keeps the accounts that it had, and is found again', async () => {
    const { path, errors, homeOf } = await passwordFile(`alice:${HASH}::/a\n`);
    await rm(path);
    expect(await homeOf('alice')).toBe('/a');
    expect(await homeOf('alice')).toBe('/a');
    expect(errors).toEqual([expect.stringContaining('ENOENT')]);
    await writeFile(path, `alice:${HASH}::/back\n`);
    expect(await homeOf('alice')).toBe('/back');
  });

  test('answers many searches at once', async () => {
    const { path, homeOf } = await passwordFile(`alice:${HASH}::/a\n`);
    await writeFile(path, `alice:${HASH}::/other\n`);
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => homeOf('alice'))))).toEqual(new Set(['/other']));
  });
});
