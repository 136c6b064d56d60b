import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import { buildAuthenticator } from '../../src/services/ftp-accounts.ts';
import { checkFtpServiceOptions, type FtpServiceOptions } from '../../src/services/ftp-options.ts';
import { createLog } from '../../src/services/log.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const CHEAP = { ln: 4, r: 8, p: 1 };

async function authenticatorFor(options: Omit<FtpServiceOptions, 'root'>) {
  const logged: string[] = [];
  const log = createLog({ level: 'debug', format: 'text', write: (line) => logged.push(line) });
  const authenticator = await buildAuthenticator(checkFtpServiceOptions({ root: '/srv', ...options }), log);
  const login = async (user: string, password: string) =>
    (await authenticator.authenticate({ user, password }, { address: '127.0.0.1' }))?.name;
  return { login, logged };
}

async function passwordFile(...names: string[]) {
  const path = join(await temporaryDirectory(), 'accounts');
  const hash = await hashPassword('secret', CHEAP);
  await writeFile(path, names.map((name) => `${name}:${hash}\n`).join(''));
  return path;
}

describe('who may log in to the service', () => {
  test('is nobody, unless the options say so', async () => {
    const { login } = await authenticatorFor({});
    expect(await login('anonymous', '')).toBeUndefined();
    expect(await login('alice', 'secret')).toBeUndefined();
  });

  test('are anonymous users, accounts of the options and accounts of the file together', async () => {
    const { login } = await authenticatorFor({
      anonymous: 'read-only',
      accounts: [{ name: 'alice', passwordHash: await hashPassword('apple', CHEAP) }],
      passwordFile: await passwordFile('bob'),
    });
    expect(await login('FTP', 'x')).toBe('anonymous');
    expect(await login('alice', 'apple')).toBe('alice');
    expect(await login('bob', 'secret')).toBe('bob');
    expect(await login('bob', 'apple')).toBeUndefined();
  });

  test('can be limited to some accounts of the file', async () => {
    const { login } = await authenticatorFor({
      passwordFile: await passwordFile('alice', 'bob'),
      passwordFileUsers: ['bob'],
    });
    expect(await login('bob', 'secret')).toBe('bob');
    expect(await login('alice', 'secret')).toBeUndefined();
  });

  test('is still known, and a line in the log, when the file is gone', async () => {
    const path = await passwordFile('bob');
    const { login, logged } = await authenticatorFor({ passwordFile: path });
    await rm(path);
    expect(await login('bob', 'secret')).toBe('bob');
    expect(await login('bob', 'secret')).toBe('bob');
    expect(logged).toEqual([expect.stringContaining('error password file not usable')]);
  });
});
