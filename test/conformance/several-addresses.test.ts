import { connect } from 'node:net';
// What is built and published, by the package's own name: some architectures start processes that run it.
import { type Endpoint, ftpServiceSpec, type RunningServer } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprintOf } from '../../src/tls/identity.ts';
import { selfSigned } from '../../src/tls/self-signed.ts';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { skipped } from './skip-list.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };

const identity = selfSigned(['localhost']);

/** What is said in the clear until the end, which may be a reset. */
async function wordsOf({ address, port }: Endpoint): Promise<string> {
  const socket = connect(port, address).setEncoding('latin1');
  let words = '';
  socket.on('data', (text: string) => {
    words += text;
  });
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return words;
}

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s, on two addresses', (name, runner) => {
  function specOf(root: string, identities = [identity]) {
    return ftpServiceSpec({
      root,
      anonymous: 'read-only',
      tls: { identities, implicit: 'at-further-addresses', required: 'login' },
      log: { level: 'silent' },
    });
  }

  async function start(): Promise<{ running: RunningServer; root: string }> {
    const root = await temporaryDirectory();
    const running = await runner.run({
      service: specOf(root),
      listen: LISTEN,
      alsoListen: [LISTEN],
      // One more than clients, for whoever is refused.
      workers: 3,
      limits: { perAddress: 2 },
    });
    onTestFinished(() => running.close({ graceMs: 0 }));
    return { running, root };
  }

  /** A client of the second address, where TLS begins at once. */
  async function implicit({ addresses }: RunningServer): Promise<ControlClient> {
    const client = await ControlClient.connectRaw(addresses[1]!);
    onTestFinished(() => client.close());
    await client.handshake();
    return client;
  }

  const certificateOf = (client: ControlClient) => client.protection.socket.getPeerX509Certificate()!.fingerprint256;

  test('S3: begins with the handshake at the second, and protects data from the start', async () => {
    const { running } = await start();
    const client = await implicit(running);
    expect((await client.reply()).code).toBe(220);
    expect(await client.code('AUTH TLS')).toBe(503);
    expect([await client.code('USER anonymous'), await client.code('PASS me')]).toEqual([331, 230]);
    const data = await client.passiveResumed();
    expect(await client.code('NLST')).toBe(150);
    expect(await data.everything()).toHaveLength(0);
    expect((await client.reply()).code).toBe(226);
  });

  test('S3: and in the clear at the first, where it can be asked for', async () => {
    const { running } = await start();
    const client = await ControlClient.connect(running.address);
    onTestFinished(() => client.close());
    expect(await client.code('USER anonymous')).toBe(530);
    await client.secure();
    expect([await client.code('USER anonymous'), await client.code('PASS me')]).toEqual([331, 230]);
  });

  test.skipIf(skipped[name]?.['two clients at a time'])('S19: counts the clients of both together', async () => {
    const { running } = await start();
    const first = await ControlClient.connect(running.addresses[0]!);
    onTestFinished(() => first.close());
    const second = await implicit(running);
    expect((await second.reply()).code).toBe(220);
    expect(running.stats().connected).toBe(2);
    const third = await ControlClient.connectRaw(running.addresses[0]!);
    expect((await third.reply()).code).toBe(421);
    third.socket.end();
    // There, nothing is said in the clear.
    expect(await wordsOf(running.addresses[1]!)).toBe('');
    expect((await running.who()).length).toBe(2);
    await first.command('QUIT');
    first.socket.end();
    await expect.poll(() => running.stats().connected).toBe(1);
    expect((await (await implicit(running)).reply()).code).toBe(220);
  });

  test('shows a renewed certificate to who comes next, and disturbs nobody', async () => {
    const { running, root } = await start();
    const before = await implicit(running);
    expect((await before.reply()).code).toBe(220);
    expect(certificateOf(before)).toBe(fingerprintOf(identity.certificate));
    expect([await before.code('USER anonymous'), await before.code('PASS me')]).toEqual([331, 230]);
    const renewed = selfSigned(['localhost']);
    running.reconfigure(specOf(root, [renewed]).options);
    const data = await before.passiveResumed();
    expect(await before.code('NLST')).toBe(150);
    await data.everything();
    expect((await before.reply()).code).toBe(226);
    await before.command('QUIT');
    before.socket.end();
    // Units that are there learn of it a moment later.
    await expect
      .poll(async () => {
        const after = await implicit(running);
        const fingerprint = certificateOf(after);
        await after.reply();
        await after.command('QUIT');
        after.socket.end();
        await after.closed();
        return fingerprint;
      })
      .toBe(fingerprintOf(renewed.certificate));
  });
});
