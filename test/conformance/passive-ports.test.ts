import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ftpServiceSpec } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../support/control-client.ts';
import { freeRange } from '../support/free-range.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PORTS = 10;
const CONTENT = Buffer.alloc(20_000, 'a file ');

/** Where each client has a process or thread of its own, a hundred would be a test of the machine. */
const CLIENTS: Readonly<Record<string, number>> = { 'process-per-connection': 25, 'thread-per-connection': 40 };

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s', (name, runner) => {
  test(`S7: ${CLIENTS[name] ?? 100} clients get by with ${PORTS} passive ports, and none lies outside of them`, async () => {
    const [first, last] = await freeRange(PORTS);
    const root = await temporaryDirectory();
    await writeFile(join(root, 'file'), CONTENT);
    const service = ftpServiceSpec({
      root,
      anonymous: 'read-only',
      passive: { ports: [first, last] },
      log: { level: 'silent' },
    });
    const running = await runner.run({ service, listen: { host: '127.0.0.1', port: 0 }, workers: 3 });
    onTestFinished(() => running.close({ graceMs: 0 }));

    async function transfer(): Promise<void> {
      const client = await ControlClient.login(running.address, 'anonymous', '');
      onTestFinished(() => client.close());
      await client.command('TYPE I');
      const data = await client.passive();
      expect(data.socket.remotePort).toBeGreaterThanOrEqual(first);
      expect(data.socket.remotePort).toBeLessThanOrEqual(last);
      expect(await client.code('RETR file')).toBe(150);
      expect((await data.everything()).equals(CONTENT)).toBe(true);
      expect((await client.reply()).code).toBe(226);
      await client.command('QUIT');
      client.socket.end();
      await client.closed();
    }
    await Promise.all(Array.from({ length: CLIENTS[name] ?? 100 }, transfer));
    await expect.poll(() => running.stats()).toEqual({ connected: 0, served: CLIENTS[name] ?? 100 });
  }, 30_000);
});
