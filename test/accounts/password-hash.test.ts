import { describe, expect, test } from 'vitest';
import {
  decoyPasswordHash,
  hashPassword,
  isPasswordHash,
  verifyPassword,
  verifyPasswordInThisThread,
} from '../../src/accounts/password-hash.ts';

const CHEAP = { ln: 4, r: 8, p: 1 };

describe('a password hash', () => {
  test('is a PHC string with 32 MiB of scrypt by default', async () => {
    expect(await hashPassword('secret')).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  });

  test('is verified by its password and by no other', async () => {
    const hash = await hashPassword('secret', CHEAP);
    expect(await verifyPassword('secret', hash)).toBe(true);
    for (const wrong of ['', 'Secret', 'secret ', 'secre']) expect(await verifyPassword(wrong, hash)).toBe(false);
  });

  test('differs each time, because its salt does', async () => {
    expect(await hashPassword('secret', CHEAP)).not.toBe(await hashPassword('secret', CHEAP));
  });

  test('does not depend on how an accented letter was typed', async () => {
    const hash = await hashPassword('caf\u00e9', CHEAP);
    expect(await verifyPassword('cafe\u0301', hash)).toBe(true);
  });

  test('agrees with a test vector of RFC 7914 section 12', async () => {
    const unpadded = (octets: Buffer) => octets.toString('base64').replace(/=+$/, '');
    const salt = unpadded(Buffer.from('SodiumChloride'));
    const key = unpadded(
      Buffer.from(
        '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
        'hex',
      ),
    );
    expect(await verifyPassword('pleaseletmein', `$scrypt$ln=14,r=8,p=1$${salt}$${key}`)).toBe(true);
  });

  test('that asks for absurd amounts of memory or time is refused', () => {
    const tail = `$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    expect(isPasswordHash(`$scrypt$ln=15,r=8,p=1${tail}`)).toBe(true);
    for (const cost of [
      'ln=30,r=8,p=1',
      'ln=19,r=8,p=1',
      'ln=15,r=99,p=1',
      'ln=17,r=8,p=99',
      'ln=0,r=8,p=1',
      'ln=4,r=0,p=1',
    ]) {
      expect(isPasswordHash(`$scrypt$${cost}${tail}`), cost).toBe(false);
    }
  });

  test('in any other format is refused', async () => {
    for (const text of [
      '',
      'secret',
      '$2b$12$abcdefghijklmnopqrstuv',
      '$scrypt$ln=15,r=8,p=1$$',
      '$scrypt$ln=15,r=8,p=1$AAAA$AAAA',
    ]) {
      expect(isPasswordHash(text), text).toBe(false);
      await expect(verifyPassword('secret', text)).rejects.toThrow('not a scrypt hash');
    }
  });

  test('made as a decoy looks like any other', () => {
    expect(isPasswordHash(decoyPasswordHash())).toBe(true);
  });
});

test('a password checked in the thread itself opens what it opens otherwise, and nothing else', async () => {
  const hash = await hashPassword('caf\u00e9', { ln: 1, r: 8, p: 1 });
  expect(verifyPasswordInThisThread('cafe\u0301', hash)).toBe(true);
  expect(verifyPasswordInThisThread('cafe', hash)).toBe(false);
  expect(() => verifyPasswordInThisThread('secret', 'secret')).toThrow('not a scrypt hash');
});
