import { afterEach, describe, expect, test, vi } from 'vitest';
import { AccountList } from '../../src/accounts/account-directory.ts';
import { AnonymousAuthenticator } from '../../src/accounts/anonymous.ts';
import { firstOf } from '../../src/accounts/first-of.ts';
import { HashingQueue } from '../../src/accounts/hashing-queue.ts';
import { PasswordAuthenticator } from '../../src/accounts/password-authenticator.ts';
import { hashPassword } from '../../src/accounts/password-hash.ts';
import { TooManyLoginsError } from '../../src/accounts/too-many-logins-error.ts';

const crypto = process.getBuiltinModule('node:crypto');
const scryptCalls: unknown[] = [];
const { scrypt } = crypto;
vi.spyOn(crypto, 'scrypt').mockImplementation((...parameters: Parameters<typeof scrypt>) => {
  scryptCalls.push({ length: parameters[2], ...parameters[3] });
  scrypt(...parameters);
});

const CLIENT = { address: '127.0.0.1' };

async function accountList(...names: string[]) {
  const records = names.map(async (name) => ({
    account: { name, home: '/', permissions: ['list'] as const },
    passwordHash: await hashPassword(`${name}'s password`),
  }));
  return new AccountList(await Promise.all(records));
}

afterEach(() => {
  scryptCalls.length = 0;
});

describe('a password authenticator', () => {
  test('lets in who knows the password, with the account of the first directory that has the name', async () => {
    const authenticator = new PasswordAuthenticator([await accountList('alice'), await accountList('bob')]);
    const login = (user: string, password: string) => authenticator.authenticate({ user, password }, CLIENT);
    expect(await login('bob', "bob's password")).toEqual({ name: 'bob', home: '/', permissions: ['list'] });
    expect(await login('bob', "alice's password")).toBeUndefined();
    expect(await login('carol', "bob's password")).toBeUndefined();
    expect(await login('Alice', "alice's password")).toBeUndefined();
  });

  test('S15: an unknown user, a wrong password and the right one cost the same single scrypt run', async () => {
    const authenticator = firstOf([
      new AnonymousAuthenticator({ access: 'read-only' }),
      new PasswordAuthenticator([await accountList('alice'), await accountList('bob')]),
    ]);
    const cost = async (user: string, password: string) => {
      scryptCalls.length = 0;
      await authenticator.authenticate({ user, password }, CLIENT);
      return [...scryptCalls];
    };
    const known = await cost('alice', "alice's password");
    expect(known).toHaveLength(1);
    expect(await cost('alice', 'wrong')).toEqual(known);
    expect(await cost('bob', 'wrong')).toEqual(known);
    expect(await cost('nobody', 'wrong')).toEqual(known);
    expect(await cost('', '')).toEqual(known);
    expect(await cost('anonymous', 'me@example.com')).toEqual([]);
  });

  test('S19: hashes nothing for those who left while they waited', async () => {
    const authenticator = firstOf([new PasswordAuthenticator([await accountList('alice')])]);
    const clients = Array.from({ length: 20 }, () => new AbortController());
    scryptCalls.length = 0;
    const attempts = clients.map(({ signal }, index) =>
      authenticator.authenticate({ user: index % 2 ? 'alice' : 'nobody', password: 'x' }, { ...CLIENT, signal }),
    );
    const settled = Promise.allSettled(attempts);
    await expect.poll(() => scryptCalls).toHaveLength(2);
    for (const client of clients) client.abort();
    expect((await settled).filter(({ status }) => status === 'rejected')).toHaveLength(18);
    expect(scryptCalls).toHaveLength(2);
  });

  test('S15, S19: a full queue refuses users and strangers alike, and nobody is hashed for it', async () => {
    const queue = new HashingQueue({ atOnce: 1, waiting: 0, waitingPerClient: 0 });
    const authenticator = new PasswordAuthenticator([await accountList('alice')], queue);
    scryptCalls.length = 0;
    const first = authenticator.authenticate({ user: 'alice', password: "alice's password" }, CLIENT);
    for (const user of ['alice', 'nobody']) {
      await expect(authenticator.authenticate({ user, password: 'x' }, CLIENT)).rejects.toThrow(TooManyLoginsError);
    }
    expect(await first).toMatchObject({ name: 'alice' });
    expect(scryptCalls).toHaveLength(1);
  });

  test('does not throw for credentials of any kind', async () => {
    const authenticator = new PasswordAuthenticator([]);
    for (const text of ['\0', '\udc80', '\u202e', '__proto__', 'x'.repeat(10_000)]) {
      expect(await authenticator.authenticate({ user: text, password: text }, CLIENT)).toBeUndefined();
    }
  });
});
