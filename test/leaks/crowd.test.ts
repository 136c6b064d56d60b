import { ftpServiceSpec } from 'ohai-ftpd';
import { describe, expect, onTestFinished, test } from 'vitest';
import { underFault } from '../conformance/fault-table.ts';
import { ControlClient } from '../support/control-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const CROWD = 300;

describe.each(underFault.filter(({ standing, units }) => !standing && units !== 'none'))('$name', ({ runner }) => {
  test(`serves ${CROWD} clients that come at once, in no more than 4 units at a time`, async () => {
    const running = await runner.run({
      service: ftpServiceSpec({ root: await temporaryDirectory(), anonymous: 'read-only', log: { level: 'silent' } }),
      listen: { host: '127.0.0.1', port: 0 },
      maxConnections: 4,
    });
    onTestFinished(() => running.close({ graceMs: 0 }));
    await Promise.all(
      Array.from({ length: CROWD }, async () => {
        const client = await ControlClient.connect(running.address);
        expect(running.stats().connected).toBeLessThanOrEqual(4);
        expect(await client.code('QUIT')).toBe(221);
        client.socket.end();
        await client.closed();
      }),
    );
    await expect.poll(() => running.stats()).toEqual({ connected: 0, served: CROWD });
  });
});
