import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
// What is built and published, by the package's own name: some architectures start processes that run it.
import { type FtpServiceOptions, ftpServiceSpec, type RunningServer } from 'ohai-ftpd';
import type { architectures } from 'ohai-ftpd/architectures';
import { expect, onTestFinished } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { identity } from '../support/test-server.ts';

/** Of the file `file`. */
export const CONTENT = 'what is in the file';

/** Whose login costs no hashing. */
const ANONYMOUS = ['anonymous', ''] as const;

/** A server with a certificate and a file, that ends with the test. */
export class FtpUnderTls {
  readonly running: RunningServer;
  readonly root: string;

  private constructor(running: RunningServer, root: string) {
    this.running = running;
    this.root = root;
  }

  static async start(
    runner: (typeof architectures)[number],
    tls: Omit<NonNullable<FtpServiceOptions['tls']>, 'identities'> = {},
  ): Promise<FtpUnderTls> {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'file'), CONTENT);
    const service = ftpServiceSpec({
      root,
      anonymous: 'writable',
      tls: { identities: [identity], ...tls },
      log: { level: 'silent' },
    });
    const running = await runner.run({ service, listen: { host: '127.0.0.1', port: 0 }, workers: 2 });
    onTestFinished(() => running.close({ graceMs: 0 }));
    return new FtpUnderTls(running, root);
  }

  /** A client that has been greeted. */
  async greeted(): Promise<ControlClient> {
    const client = await ControlClient.connect(this.running.address);
    onTestFinished(() => client.close());
    return client;
  }

  /** A client like that of loggedIn(), its TLS session, and that of one who has left. */
  async withForeignSession(
    options: ConnectionOptions,
  ): Promise<{ client: ControlClient; session: Buffer; foreign: Buffer }> {
    const another = await this.loggedIn(options);
    const foreign = await another.protection.session;
    await leave(another);
    const client = await this.loggedIn(options);
    return { client, session: await client.protection.session, foreign };
  }

  /** A client that has gone over to TLS, logged in and asked for PROT P. */
  async loggedIn(options: ConnectionOptions = {}): Promise<ControlClient> {
    const client = await ControlClient.loginProtected(this.running.address, options, ANONYMOUS);
    onTestFinished(() => client.close());
    return client;
  }
}

/** Makes room for the next client, which one architecture serves only then. */
export async function leave(client: ControlClient): Promise<void> {
  client.socket.end();
  await client.closed();
}

/** A download of `file` over a data connection that begins with `options`. */
export async function downloadWith(client: ControlClient, options: ConnectionOptions) {
  const data = await client.passive(options);
  expect(await client.code('RETR file')).toBe(150);
  const octets = await data.everything().catch(() => undefined);
  const resumed = octets && data.protection.socket.isSessionReused();
  return { code: (await client.reply()).code, content: octets?.toString(), resumed };
}
