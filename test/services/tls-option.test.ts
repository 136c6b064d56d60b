import { describe, expect, test } from 'vitest';
import { createFtpServer, type FtpServerOptions, MemoryFileSystem, OptionsError } from '../../src/index.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { identity } from '../support/test-server.ts';

const YEAR_MS = 365 * 86_400_000;
const another = selfSigned(['another.example']);
const expired = selfSigned(['localhost'], Date.now() - 2 * YEAR_MS);
const early = selfSigned(['localhost'], Date.now() + YEAR_MS);
const { certificate, key } = identity;

describe('wrong options of TLS are told in one line that names them', () => {
  test.each<[string, unknown, RegExp]>([
    ['an expired certificate', { identities: [expired] }, /^tls\.identities\[0\] has expired on \w{3} .* GMT$/],
    ['one that is not valid yet', { identities: [early] }, /^tls\.identities\[0\] is not valid before \w{3} .* GMT$/],
    [
      'the key of another',
      { identities: [{ certificate, key: another.key }] },
      /^tls\.identities\[0\] does not belong to the key$/,
    ],
    ['a second one that is wrong', { identities: [identity, expired] }, /^tls\.identities\[1\] has expired on /],
    [
      'a path',
      { identities: [{ certificate: '/etc/ssl/cert.pem', key }] },
      /^tls\.identities\[0\] is no certificate in PEM form$/,
    ],
    [
      'a certificate that is cut off',
      { identities: [{ certificate: certificate.slice(0, 200), key }] },
      /^tls\.identities\[0\] cannot be read as a certificate$/,
    ],
    [
      'no key',
      { identities: [{ certificate, key: certificate }] },
      /^tls\.identities\[0\] has no private key in PEM form$/,
    ],
    [
      'an encrypted key',
      {
        identities: [
          { certificate, key: '-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n' },
        ],
      },
      /^tls\.identities\[0\] has an encrypted key; decrypt it with: openssl pkey$/,
    ],
    ['a key that is missing', { identities: [{ certificate }] }, /^tls\.identities\[0\]\.key is missing/],
    ['no certificate', { identities: [] }, /^tls\.identities must not be empty$/],
    ['nothing', {}, /^tls\.identities is missing/],
    [
      'TLS 1.1',
      { identities: [identity], minVersion: 'TLSv1.1' },
      /^tls\.minVersion must be one of TLSv1\.2, TLSv1\.3$/,
    ],
    [
      'ciphers that nobody knows',
      { identities: [identity], ciphers: 'NONSENSE' },
      /^tls\.ciphers must be a list of ciphers/,
    ],
    ['a policy that there is not', { identities: [identity], required: 'some' }, /^tls\.required must be one of /],
    [
      'authorities that are none',
      { identities: [identity], clientAuthorities: key },
      /^tls\.clientAuthorities must be certificates/,
    ],
    [
      'nobody to vouch for clients',
      { identities: [identity], clientCertificates: 'require' },
      /^tls must have clientAuthorities to ask clients for certificates$/,
    ],
    ['no time', { identities: [identity], handshakeMs: 0 }, /^tls\.handshakeMs must be a whole number of milliseconds/],
    [
      'a spelling mistake',
      { identities: [identity], strictServername: true },
      /^unknown option tls\.strictServername$/,
    ],
  ])('%s', (_what, tls, message) => {
    let error: unknown;
    try {
      createFtpServer({ fileSystem: new MemoryFileSystem(), tls } as FtpServerOptions);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(OptionsError);
    expect((error as OptionsError).message).toMatch(message);
    expect((error as OptionsError).message).not.toMatch(/\n|BEGIN|node:|error:[0-9A-F]/);
  });
});

test('what has been checked is checked again without a difference, and takes certificates in any order', () => {
  const tls = { identities: [another, identity], strictServerName: true, required: 'all' } as const;
  expect(() => createFtpServer({ fileSystem: new MemoryFileSystem(), tls })).not.toThrow();
});
