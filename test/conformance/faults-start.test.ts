import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { descendantsOf, descriptorsOf, threadsOf } from '../support/process-tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { underFault } from './fault-table.ts';
import { ServerInChild } from './server-in-child.ts';
import { wordService } from './word-client.ts';

const WORKERS = 3;

describe.runIf(process.platform === 'linux').each(underFault)('$name', ({ name, runner, units, standing }) => {
  test('does not start with a service that throws: says what it said, and leaves nothing', async () => {
    const options = {
      service: wordService({ load: 'throws' }),
      listen: { host: '127.0.0.1', port: await freePort() },
      workers: WORKERS,
    };
    // What the first time loads may stay.
    await expect(runner.run(options)).rejects.toThrow('cannot be made here');
    const before = resources();
    await expect(runner.run(options)).rejects.toThrow('cannot be made here');
    // A thread of the first time may still have been ending; then there is one less.
    const threads = expect.toSatisfy((count: number) => count <= before.threads);
    await expect.poll(resources).toEqual({ ...before, threads });
    expect(descendantsOf(process.pid)).toEqual([]);
    await listenOn(options.listen.port);
  });

  test.skipIf(units === 'none')(
    'does not start with a service that ends its units: says so, and leaves nothing',
    async () => {
      const starts = join(await temporaryDirectory(), 'starts');
      const options = {
        service: wordService({ load: 'exits', starts }),
        listen: { host: '127.0.0.1', port: await freePort() },
        workers: WORKERS,
      };
      await expect(runner.run(options)).rejects.toThrow(/ended/);
      await expect.poll(() => descendantsOf(process.pid)).toEqual([]);
      await listenOn(options.listen.port);
      // Not tried again.
      expect(linesOf(starts).length).toBeLessThanOrEqual(WORKERS);
    },
  );

  test.runIf(standing)('replaces units that die as soon as they are ready, and does not spin', async () => {
    const starts = join(await temporaryDirectory(), 'starts');
    const server = await ServerInChild.start(name, {
      service: wordService({ livesMs: 200, starts }),
      listen: { host: '127.0.0.1', port: 0 },
      workers: WORKERS,
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    await expect.poll(() => linesOf(starts).length, { timeout: 5_000 }).toBeGreaterThan(WORKERS);
    await delay(1_000);
    const started = linesOf(starts).length;
    // At 0, 100, 200, 400, 800 … milliseconds.
    expect(started).toBeLessThanOrEqual(WORKERS + 6);
    expect(server.troubles.length).toBeLessThanOrEqual(started);
    const before = performance.now();
    await server.close({ graceMs: 0 });
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(descendantsOf(server.pid)).toEqual([]);
  });
});

function resources() {
  return {
    children: descendantsOf(process.pid).length,
    threads: threadsOf(process.pid),
    descriptors: descriptorsOf(process.pid),
  };
}

async function freePort(): Promise<number> {
  return listenOn(0);
}

/** @throws Error when somebody listens there. @returns the port, on which nobody does any more. */
async function listenOn(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return address.port;
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').filter(Boolean);
}
