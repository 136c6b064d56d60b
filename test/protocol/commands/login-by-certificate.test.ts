import { describe, expect, onTestFinished, test } from 'vitest';
import { hashPassword } from '../../../src/index.ts';
import { selfSigned } from '../../../src/tls/self-signed.ts';
import { ControlClient } from '../../support/control-client.ts';
import { startTlsServer } from '../../support/test-server.ts';
import { text } from './served.ts';

const alice = selfSigned(['alice']);
const stranger = selfSigned(['alice']);
const passwordHash = await hashPassword('secret', { ln: 4, r: 8, p: 1 });

async function served(clientCertificates: 'ask' | 'require' = 'ask') {
  return startTlsServer(
    { clientCertificates, clientAuthorities: alice.certificate },
    { authenticator: undefined as never, accounts: ['alice', 'bob'].map((name) => ({ name, passwordHash })) },
  );
}

async function clientWith(
  server: Awaited<ReturnType<typeof served>>,
  certificate?: { readonly certificate: string; readonly key: string },
): Promise<ControlClient> {
  const client = await ControlClient.connect(server.address);
  onTestFinished(() => client.close());
  await client.secure(certificate && { cert: certificate.certificate, key: certificate.key });
  return client;
}

describe('a client with a certificate of a trusted authority', () => {
  test('is logged in by USER, when that is the name of its subject', async () => {
    const client = await clientWith(await served(), alice);
    expect(text(await client.command('USER alice'))).toBe('232 Logged in by certificate.');
    expect(await client.code('PWD')).toBe(257);
    expect(await client.code('PASS secret')).toBe(503);
  });

  test('is asked for a password as anybody else', async () => {
    const client = await clientWith(await served(), alice);
    expect(await client.code('USER bob')).toBe(331);
    expect(await client.code('PWD')).toBe(530);
    expect(await client.code('PASS secret')).toBe(230);
    expect(await client.code('USER Alice')).toBe(331);
    expect(await client.code('USER alice')).toBe(232);
  });

  test('needs a name that there is', async () => {
    const client = await clientWith(await served(), selfSigned(['carol']));
    expect(await client.code('USER carol')).toBe(331);
  });
});

test('a client without a certificate, or with one of nobody who is trusted, is asked for a password', async () => {
  const server = await served();
  for (const certificate of [undefined, stranger]) {
    const client = await clientWith(server, certificate);
    expect(await client.code('USER alice')).toBe(331);
    expect(await client.code('PASS secret')).toBe(230);
  }
});

test('where a certificate is required, data connections that resume need none', async () => {
  const client = await clientWith(await served('require'), alice);
  expect(await client.code('USER alice')).toBe(232);
  expect([await client.code('PBSZ 0'), await client.code('PROT P')]).toEqual([200, 200]);
  const data = await client.passiveResumed();
  expect(await client.code('NLST')).toBe(150);
  await data.everything();
  expect((await client.reply()).code).toBe(226);
});
