import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, test } from 'vitest';
import { tlsVersions } from '../support/tls-client.ts';
import { CONTENT, downloadWith, FtpUnderTls, leave } from './ftp-under-tls.ts';

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s', (_name, runner) => {
  test.each([
    ['off', false],
    ['offer', true],
    ['warn', true],
  ] as const)(
    'S5: with dataResumption: %s every client is served, and resumption is %s',
    async (dataResumption, resumed) => {
      const server = await FtpUnderTls.start(runner, { dataResumption });
      for (const [, options] of tlsVersions) {
        const { client, session, foreign } = await server.withForeignSession(options);
        const served = { code: 226, content: CONTENT };
        for (const offered of [foreign, undefined]) {
          const outcome = await downloadWith(client, { ...options, ...(offered && { session: offered }) });
          expect(outcome).toEqual({ ...served, resumed: false });
        }
        for (let i = 0; i < 2; i++) {
          expect(await downloadWith(client, { ...options, session })).toEqual({ ...served, resumed });
        }
        await leave(client);
      }
    },
  );

  test('an upload that ends without a close_notify is answered 426, and ABOR ends a transfer as without TLS', async () => {
    const server = await FtpUnderTls.start(runner);
    await writeFile(join(server.root, 'large'), Buffer.alloc(30_000_000));
    const client = await server.loggedIn();
    const cut = await client.passiveResumed();
    expect(await client.code('STOR cut')).toBe(150);
    await new Promise((resolve) => cut.socket.write('cut off', resolve));
    cut.protection.wire.cut('end');
    expect((await client.reply()).code).toBe(426);
    // To be resumed.
    expect(await readFile(join(server.root, 'cut'), 'utf8')).toBe('cut off');

    const aborted = await client.passiveResumed();
    expect(await client.code('RETR large')).toBe(150);
    await aborted.protection.handshake;
    expect([await client.code('ABOR'), (await client.reply()).code]).toEqual([426, 226]);
    aborted.socket.resume();
    expect(await aborted.outcome).toBe('reset');
    expect(await downloadWith(client, { session: await client.protection.session })).toMatchObject({ resumed: true });
    await leave(client);
  });

  test('S19: a handshake that never ends is given up, on the control connection and on a data connection', async () => {
    const server = await FtpUnderTls.start(runner, { handshakeMs: 300 });
    const silent = await server.greeted();
    expect(await silent.code('AUTH TLS')).toBe(234);
    await expect(silent.reply()).rejects.toThrow('closed');
    await leave(silent);

    const client = await server.loggedIn();
    const data = await client.passive();
    // The header of a ClientHello, and its first octet.
    data.socket.write(Buffer.of(22, 3, 1, 2, 0, 1));
    expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 522]);
    expect(await downloadWith(client, {})).toMatchObject({ code: 226, content: CONTENT });
    await leave(client);
    await expect.poll(() => server.running.stats()).toEqual({ connected: 0, served: 2 });
  });

  test.each(['control', 'data'])(
    'S19: is closed at once in the middle of a handshake on a %s connection',
    async (which) => {
      const server = await FtpUnderTls.start(runner);
      const client = which === 'data' ? await server.loggedIn() : await server.greeted();
      if (which === 'data') {
        await client.passive();
        expect(await client.code('RETR file')).toBe(150);
      } else {
        expect(await client.code('AUTH TLS')).toBe(234);
      }
      const started = performance.now();
      await server.running.close({ graceMs: 0 });
      // Much less than a handshake may take.
      expect(performance.now() - started).toBeLessThan(2_500);
      await leave(client);
    },
  );
});
