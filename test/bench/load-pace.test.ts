/** When load clients begin, what they count, and how they end. */
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { FtpPlan, Step } from '../../bench/load/plan.ts';
import { MemoryFileSystem } from '../../src/index.ts';
import { descriptorsOf, exists } from '../support/process-tree.ts';
import { startTestServer } from '../support/test-server.ts';
import { ftpPlan, LOGIN, latency, runLoad, startLoad } from './built-load.ts';
import { type ScriptedFtp, startScriptedFtp } from './scripted-ftp.ts';

const NOOP: readonly Step[] = [{ do: 'noop' }];
const SESSION: readonly Step[] = [...LOGIN, { do: 'quit' }];
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('clients in a closed loop', () => {
  test('do as many operations as there are to be, and count each', async () => {
    const server = await startTestServer({ fileSystem: new MemoryFileSystem({ files: { '/file': 'content' } }) });
    let downloads = 0;
    server.on('download', () => (downloads += 1));
    const operation: readonly Step[] = [{ do: 'retrieve', path: '/file', octets: 7 }];
    const result = await runLoad(ftpPlan(server.address, { clients: 4, operation, operations: 50 }));
    expect(downloads).toBe(50);
    expect(result).toMatchObject({ operations: 50, latencyCount: 50, octets: 350, errors: {}, connected: 4 });
    const latencies = result.latencyMs!;
    expect(latencies).toEqual([...latencies].sort((a, b) => a - b));
    expect(result.processorSeconds).toBeGreaterThan(0);
    expect(result.residentBytes).toBeGreaterThan(10e6);
  });

  test('end by the clock, and not before', async () => {
    const server = await startTestServer();
    const plan = { clients: 2, operation: NOOP, warmUpSeconds: 0.1, seconds: 0.2, timelineMs: 50 };
    const result = await runLoad(ftpPlan(server.address, plan));
    expect(result.seconds).toBeGreaterThanOrEqual(0.199);
    expect(result.operations).toBeGreaterThan(0);
    expect(sum(result.timeline!.operations)).toBeGreaterThan(0);
    expect(result.timeline!.operations.length).toBe(Math.ceil((result.seconds * 1e3) / 50));
  });

  test('go on until they are stopped, when nothing else ends them', async () => {
    const server = await startTestServer();
    const load = await startLoad(ftpPlan(server.address, { operation: NOOP, seconds: Number.POSITIVE_INFINITY }));
    await load.prepare();
    const ended = load.run();
    const result = await load.stop();
    expect(await ended).toEqual(result);
    expect(result).toMatchObject({ errors: {}, connected: 1 });
  });
});

describe('clients in an open loop', () => {
  test('count the latency of each operation that a stall has kept from beginning', async () => {
    const stallMs = 300;
    const held: Socket[] = [];
    let stalled: Promise<void> | undefined;
    const server = await startScriptedFtp({
      NOOP(control) {
        if (stalled === undefined) {
          stalled = delay(stallMs).then(() => {
            stalled = Promise.resolve();
            for (const each of held.splice(0)) each.write('200 \r\n');
            answering = true;
          });
        }
        if (answering) control.write('200 \r\n');
        else held.push(control);
      },
    });
    let answering = false;
    const pace = { kind: 'open', perSecond: 100 } as const;
    const result = await runLoad(ftpPlan(server, { clients: 4, operation: NOOP, pace, seconds: 1 }));
    expect(result.errors).toEqual({});
    expect(result.latencyCount).toBeGreaterThanOrEqual(90);
    // Four clients waited all the time: by themselves they would be no more than four in a hundred.
    expect(latency(result, 100)).toBeGreaterThanOrEqual(stallMs - 1);
    expect(latency(result, 90)).toBeGreaterThanOrEqual(stallMs / 3);
  });

  test('count what is never answered as errors, and end all the same', async () => {
    const server = await startScriptedFtp({ NOOP: () => {} });
    const pace = { kind: 'open', perSecond: 50 } as const;
    const plan = { clients: 2, operation: NOOP, pace, seconds: 0.2, patienceMs: 150 };
    const result = await runLoad(ftpPlan(server, plan));
    expect(result).toMatchObject({ operations: 0, latencyCount: 0 });
    expect(sum(Object.values(result.errors))).toBeGreaterThanOrEqual(9);
    expect(Object.keys(result.errors).sort()).toEqual(['no answer in time (NOOP)', 'not finished in time']);
  });

  test('begin as many operations as the rate has it', async () => {
    const server = await startTestServer();
    const pace = { kind: 'open', perSecond: 200 } as const;
    const result = await runLoad(ftpPlan(server.address, { clients: 3, operation: NOOP, pace, operations: 60 }));
    expect(result).toMatchObject({ operations: 60, latencyCount: 60, errors: {} });
    expect(result.seconds).toBeGreaterThanOrEqual(59 / 200);
  });
});

describe('a server', () => {
  const beginning = async (server: ScriptedFtp | { address: string; port: number }, plan: Partial<FtpPlan> = {}) =>
    (await startLoad(ftpPlan(server, { patienceMs: 200, ...plan }))).prepare();

  test('that is not there is told of before anything is measured', async () => {
    const server = await startTestServer();
    const { address } = server;
    await server.close({ graceMs: 0 });
    await expect(beginning(address)).rejects.toThrow('client 1 of 1 cannot begin: connection refused');
    await expect(beginning(address, { driver: 'basic-ftp' })).rejects.toThrow('connection refused');
  });

  test('that says nothing is told of', async () => {
    await expect(beginning(await startScriptedFtp({}, ''))).rejects.toThrow('no answer in time (greeting)');
  });

  test('that closes at once is told of', async () => {
    const server = await startScriptedFtp({ USER: (control) => void control.destroy() });
    await expect(beginning(server)).rejects.toThrow('connection lost');
  });

  test('that says what is no reply is told of', async () => {
    await expect(beginning(await startScriptedFtp({}, 'HTTP/1.1 400 Bad Request'))).rejects.toThrow('no reply');
  });

  test('that says more than it was asked is told of', async () => {
    const server = await startScriptedFtp({}, `220 \r\n${'200 \r\n'.repeat(1_000)}200 `);
    await expect(beginning(server)).rejects.toThrow('replies that nobody asked for');
  });

  test('that loses its clients costs each of them an error, and they come back', async () => {
    let left = 100;
    const server = await startScriptedFtp({
      NOOP(control) {
        if (--left === 0) for (const each of server.controls) each.destroy();
        else control.write('200 \r\n');
      },
    });
    const result = await runLoad(ftpPlan(server, { clients: 5, operation: NOOP, operations: 300, timelineMs: 10 }));
    expect(result.errors).toEqual({ 'connection lost': 5 });
    expect(result).toMatchObject({ operations: 295, connected: 5 });
    expect(sum(result.timeline!.errors)).toBe(5);
  });

  test('that goes for good in the midst of it makes errors, and no exception', async () => {
    const server = await startTestServer();
    const load = await startLoad(ftpPlan(server.address, { clients: 3, operation: NOOP, seconds: 0.5 }));
    await load.prepare();
    const [result] = await Promise.all([load.run(), delay(100).then(() => server.close({ graceMs: 0 }))]);
    expect(result.errors['connection refused']).toBeGreaterThan(0);
    expect(result.connected).toBe(0);
  });

  test('that leaves clients who only idle costs each an error', async () => {
    const server = await startScriptedFtp({});
    const load = await startLoad(ftpPlan(server, { clients: 20, seconds: 0.2 }));
    await load.prepare();
    for (const control of [...server.controls].slice(0, 7)) control.destroy();
    expect(await load.run()).toMatchObject({ errors: { 'connection lost': 7 }, connected: 13, operations: 0 });
  });
});

test('neither descriptors nor processes are left behind', async () => {
  const server = await startTestServer();
  const load = await startLoad(
    ftpPlan(server.address, { clients: 10, prepare: [], operation: SESSION, operations: 200 }),
  );
  await load.prepare();
  const before = descriptorsOf(load.pid);
  await load.run();
  expect(descriptorsOf(load.pid)).toBeLessThanOrEqual(before);
  const { pid } = load;
  await load[Symbol.asyncDispose]();
  expect(exists(pid)).toBe(false);
});

test('a process of clients that is killed is told of', async () => {
  const server = await startTestServer();
  const load = await startLoad(ftpPlan(server.address, { operation: NOOP, seconds: Number.POSITIVE_INFINITY }));
  await load.prepare();
  const ended = load.run();
  process.kill(load.pid, 'SIGKILL');
  await expect(ended).rejects.toThrow('the process of the load clients has ended: SIGKILL');
});
