import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkIdentity, fingerprintOf } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';

const DAY_MS = 86_400_000;
const good = selfSigned(['localhost']);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const encrypted = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' });

test('a certificate with its key can be used, and so can both in one text', () => {
  expect(checkIdentity(good).subject).toBe('CN=localhost');
  const both = good.key + good.certificate;
  expect(checkIdentity({ certificate: both, key: both }).subject).toBe('CN=localhost');
  expect(fingerprintOf(both)).toBe(fingerprintOf(good.certificate));
});

test.each([
  ['of another key', { ...good, key: selfSigned(['localhost']).key }, 'does not belong to the key'],
  ['that has expired', selfSigned(['localhost'], Date.now() - 400 * DAY_MS), /^has expired on .* GMT$/],
  ['of the future', selfSigned(['localhost'], Date.now() + 2 * DAY_MS), /^is not valid before .* GMT$/],
  ['that is none', { ...good, certificate: 'hello' }, 'is no certificate in PEM form'],
  ['that is empty', { ...good, certificate: '' }, 'is no certificate in PEM form'],
  ['that is broken', { ...good, certificate: good.certificate.replace(/M/g, 'Q') }, 'cannot be read as a certificate'],
  ['without a key', { ...good, key: good.certificate }, 'has no private key in PEM form'],
  ['whose key is encrypted', { ...good, key: String(encrypted) }, /^has an encrypted key; decrypt it/],
])('a certificate %s cannot', (_what, identity, message) => {
  expect(() => checkIdentity(identity)).toThrow(message);
});
