import { describe, expect, test } from 'vitest';
import { type FtpServerOptions, MemoryFileSystem } from '../../src/index.ts';
import { fingerprintOf } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { ControlClient } from '../support/control-client.ts';
import { everybody, greeted, identity, protectedClient, startTlsServer } from '../support/test-server.ts';
import { tlsVersions } from '../support/tls-client.ts';

const second = selfSigned(['second.example', '*.third.example']);
const identities = [identity, second];
const fileSystem = new MemoryFileSystem({ files: { '/file': 'content' } });

/** An authority, whom the servers trust, that has made a certificate for nobody but itself; and one that nobody trusts. */
const trusted = selfSigned(['alice']);
const stranger = selfSigned(['alice']);
const asClient = ({ certificate: cert, key }: typeof trusted) => ({ cert, key });

describe('the name that a client calls the server by (SNI)', () => {
  test.each([
    ['localhost', identity],
    ['second.example', second],
    ['SECOND.example', second],
    ['any.third.example', second],
    ['third.example', identity],
    ['unknown.example', identity],
    [undefined, identity],
  ])('decides about the certificate: %s', async (servername, { certificate }) => {
    const client = await greeted(await startTlsServer({ identities }));
    const { socket } = await client.secure(servername === undefined ? {} : { servername });
    expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprintOf(certificate));
    expect(await client.code('NOOP')).toBe(200);
  });

  test('and the certificate is one that a client can verify', async () => {
    const server = await startTlsServer({ identities });
    const checked = { rejectUnauthorized: true, ca: second.certificate };
    const client = await greeted(server);
    const { socket } = await client.secure({ ...checked, servername: 'second.example' });
    expect(socket.authorized).toBe(true);
    await expect((await greeted(server)).secure({ ...checked, servername: 'localhost' })).rejects.toThrow(
      /self-signed/i,
    );
  });

  test.each([1, 2])('must be one of a certificate with strictServerName, of %d', async (count) => {
    const server = await startTlsServer({ identities: identities.slice(0, count), strictServerName: true });
    await expect((await greeted(server)).secure({ servername: 'unknown.example' })).rejects.toThrow();
    for (const servername of ['localhost', 'second.example'].slice(0, count)) {
      const client = await greeted(server);
      await client.secure({ servername });
      expect(await client.code('NOOP')).toBe(200);
    }
    // Who calls it by its address, cannot call it by a name.
    await (await greeted(server)).secure();
  });

  test.each(tlsVersions)('S5: makes no difference for resumption over %s', async (_version, options) => {
    const server = await startTlsServer({ identities, dataResumption: 'require' }, { fileSystem });
    for (const servername of ['localhost', 'second.example', 'second.example', 'localhost']) {
      const named = { ...options, servername };
      const other = await protectedClient(server, named);
      const client = await protectedClient(server, named);
      const session = await client.protection.session;
      for (let i = 0; i < 2; i++) {
        expect((await client.download('RETR file', { ...named, session })).last.code, servername).toBe(226);
      }
      const foreign = { ...named, session: await other.protection.session };
      const data = await client.passive(foreign);
      expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 522]);
      data.socket.destroy();
    }
  });
});

describe.each(tlsVersions)('certificates of clients over %s', (_version, options) => {
  const authorities = { clientAuthorities: trusted.certificate };

  test('with clientCertificates: require there is no session without one, or with one of a stranger', async () => {
    for (const tls of [
      { clientCertificates: 'require', ...authorities },
      { clientCertificates: 'require', identities, ...authorities },
    ] as const) {
      const server = await startTlsServer(tls);
      for (const certificate of [{}, asClient(stranger)]) {
        const client = await greeted(server);
        // Under TLS 1.3 the client is done before the server has seen what it lacks.
        await client.secure({ ...options, ...certificate, servername: 'second.example' }).catch(() => {});
        client.send('USER tester');
        await expect(client.reply()).rejects.toThrow('closed');
        await expect.poll(() => server.stats().connected).toBe(0);
      }
      const client = await greeted(server);
      await client.secure({ ...options, ...asClient(trusted), servername: 'second.example' });
      expect(await client.code('USER tester')).toBe(331);
    }
  });

  test('with clientCertificates: ask everybody is served', async () => {
    const server = await startTlsServer({ clientCertificates: 'ask', ...authorities });
    for (const certificate of [{}, asClient(stranger), asClient(trusted)]) {
      await protectedClient(server, { ...options, ...certificate });
    }
  });

  test('data connections that resume need none again, others do', async () => {
    const server = await startTlsServer({ clientCertificates: 'require', ...authorities }, { fileSystem });
    const client = await protectedClient(server, { ...options, ...asClient(trusted) });
    const session = await client.protection.session;
    expect((await client.download('RETR file', { ...options, session })).last.code).toBe(226);
    expect((await client.download('RETR file', { ...options, ...asClient(trusted) })).last.code).toBe(226);
    const data = await client.passive(options);
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 522]);
    data.socket.destroy();
  });

  test('are shown to the authenticator only if an authority vouches for them', async () => {
    const shown: string[] = [];
    const authenticator: NonNullable<FtpServerOptions['authenticator']> = {
      ...everybody,
      authenticateByCertificate: async (user, { name, fingerprint }) => {
        shown.push(`${user} ${name} ${fingerprint}`);
        return user === name ? { name, home: '/', permissions: ['list'] } : undefined;
      },
    };
    const server = await startTlsServer({ clientCertificates: 'ask', ...authorities }, { authenticator });
    const codes: number[] = [];
    for (const certificate of [{}, asClient(stranger), asClient(trusted)]) {
      const client = await greeted(server);
      await client.secure({ ...options, ...certificate });
      for (const user of ['alice', 'bob']) codes.push(await client.code(`USER ${user}`));
    }
    expect(codes).toEqual([331, 331, 331, 331, 232, 331]);
    const fingerprint = fingerprintOf(trusted.certificate);
    expect(shown).toEqual([`alice alice ${fingerprint}`, `bob alice ${fingerprint}`]);
  });

  test('of a control connection before the handshake are those of nobody', async () => {
    const authenticator: NonNullable<FtpServerOptions['authenticator']> = {
      ...everybody,
      authenticateByCertificate: async () => {
        throw new Error('nobody has shown one');
      },
    };
    const server = await startTlsServer({ clientCertificates: 'ask', ...authorities }, { authenticator });
    expect(await (await greeted(server)).code('USER alice')).toBe(331);
  });
});

describe('implicit FTPS', () => {
  const implicit = { implicit: 'everywhere' } as const;

  test.each(tlsVersions)(
    'S2: says nothing before the handshake over %s, and protects data without PROT',
    async (_v, options) => {
      const server = await startTlsServer(implicit, { fileSystem });
      const client = await ControlClient.connectRaw(server.address);
      const { wire } = await client.handshake(options);
      expect((await client.reply()).code).toBe(220);
      expect(await client.code('AUTH TLS')).toBe(503);
      for (const line of ['USER tester', 'PASS secret', 'TYPE I']) expect(await client.code(line)).toBeLessThan(400);
      const session = await client.protection.session;
      expect((await client.download('RETR file', { ...options, session })).octets.toString()).toBe('content');
      expect((await client.upload('STOR clear', 'in the clear')).last.code).toBe(522);
      expect(wire.records.length).toBeGreaterThan(0);
      client.close();
    },
  );

  test('S2: a client in the clear hears no word', async () => {
    const server = await startTlsServer({ ...implicit, handshakeMs: 200 });
    for (const words of ['USER tester\r\n', '']) {
      const client = await ControlClient.connectRaw(server.address);
      const heard: string[] = [];
      client.socket.on('data', (text: string) => heard.push(text));
      client.write(words);
      await expect(client.reply()).rejects.toThrow('closed');
      // An alert, if anything.
      expect(heard.join('')).toMatch(/^(?:\x15\x03.*)?$/s);
      client.close();
    }
    await expect.poll(() => server.stats().connected).toBe(0);
  });

  test('S4: a browser gets nothing there either', async () => {
    const server = await startTlsServer(implicit);
    const client = await ControlClient.connectRaw(server.address);
    await expect(client.handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).rejects.toThrow(/no application protocol/i);
  });
});
