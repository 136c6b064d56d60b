import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, test } from 'vitest';
import { tlsVersions } from '../support/tls-client.ts';
import { CONTENT, downloadWith, FtpUnderTls, leave } from './ftp-under-tls.ts';

const digest = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s', (_name, runner) => {
  test('S1: what stands behind AUTH is not run, and what stood before it has never been', async () => {
    const server = await FtpUnderTls.start(runner);
    const hasty = await server.greeted();
    hasty.write('AUTH TLS\r\nNOOP\r\n');
    expect((await hasty.reply()).code).toBe(421);
    await expect(hasty.reply()).rejects.toThrow('closed');
    await leave(hasty);

    const clear = await server.greeted();
    expect(await clear.code('AUTH TLS')).toBe(234);
    clear.send('NOOP');
    await expect(clear.handshake()).rejects.toThrow();
    await expect(clear.reply()).rejects.toThrow('closed');
    await leave(clear);

    const client = await server.greeted();
    const login = ['USER anonymous', 'PASS x'];
    for (const line of [...login, 'TYPE I', 'CLNT x', 'EPSV ALL', 'REST 3', 'EPSV']) {
      expect(await client.code(line), line).toBeLessThan(400);
    }
    await client.secure();
    expect(await client.code('PASS x')).toBe(503);
    expect(await client.code('PWD')).toBe(530);
    for (const line of login) expect(await client.code(line), line).toBeLessThan(400);
    expect(await client.code('RETR file')).toBe(425);
    expect(await client.code('PASV')).toBe(227);
    expect((await client.download('RETR file')).octets.toString()).toBe(CONTENT);
    await leave(client);
  });

  test('S5: with dataResumption: require a data connection proves to be of the client of its control connection', async () => {
    const server = await FtpUnderTls.start(runner, { dataResumption: 'require', handshakeMs: 500 });
    for (const [, options] of tlsVersions) {
      const { client, session, foreign } = await server.withForeignSession(options);
      for (const offered of [session, foreign, undefined, session, session]) {
        const outcome = await downloadWith(client, { ...options, ...(offered && { session: offered }) });
        expect(outcome).toEqual(
          offered === session
            ? { code: 226, content: CONTENT, resumed: true }
            : { code: 522, content: undefined, resumed: undefined },
        );
      }
      // In the clear, it proves nothing.
      expect((await client.upload('STOR clear', 'in the clear')).last.code).toBe(522);
      const data = await client.passive();
      data.socket.write('in the clear');
      expect([await client.code('RETR file'), (await client.reply()).code]).toEqual([150, 522]);
      expect((await data.everything().catch(() => '')).toString()).not.toContain(CONTENT);
      expect(await downloadWith(client, { ...options, session })).toMatchObject({ code: 226, resumed: true });
      await leave(client);
    }
  });

  test('W4: files cross as they are, in both directions, up to a close_notify', async () => {
    const server = await FtpUnderTls.start(runner, { dataResumption: 'require' });
    for (const [version, options] of tlsVersions) {
      const client = await server.loggedIn(options);
      const session = await client.protection.session;
      for (const content of [Buffer.alloc(0), randomBytes(2_000_001)]) {
        const name = `${version}-${content.length}`;
        const data = await client.passive({ ...options, session });
        expect(await client.code(`STOR ${name}`)).toBe(150);
        await data.protection.handshake;
        data.socket.resume().end(content);
        expect(await data.protection.wire.ended).toBe('close_notify, end');
        expect((await client.reply()).code).toBe(226);
        expect(digest(await readFile(join(server.root, name)))).toBe(digest(content));
        // Throws unless it ends with a close_notify.
        const { octets, last } = await client.download(`RETR ${name}`, { ...options, session });
        expect([last.code, digest(octets)]).toEqual([226, digest(content)]);
      }
      const { octets, last } = await client.download('NLST file', { ...options, session });
      expect([last.code, octets.toString()]).toEqual([226, 'file\r\n']);
      await leave(client);
    }
  });
});
