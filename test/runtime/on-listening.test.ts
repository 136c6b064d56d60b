import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createFtpServer, type Endpoint, ftpServiceSpec, MemoryFileSystem, type RunOptions } from 'ohai-ftpd';
import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, onTestFinished, test } from 'vitest';
import { descendantsOf } from '../support/process-tree.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

async function options(): Promise<RunOptions> {
  const root = await temporaryDirectory();
  const service = ftpServiceSpec({ root, anonymous: 'read-only', log: { level: 'silent' } });
  return { service, listen: { host: '127.0.0.1', port: 0 }, workers: 2 };
}

async function connected({ address, port }: Endpoint): Promise<Socket> {
  const socket = connect(port, address);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** All children of this process, whoever has started them. */
const children = () => descendantsOf(process.pid).length;

describe.each(architectures.map((runner) => [runner.name, runner] as const))('%s', (_, runner) => {
  test('S21: listens, and starts neither a process nor a service, until onListening is done', async () => {
    const before = children();
    let client: Socket | undefined;
    let reached: Endpoint | undefined;
    const running = await runner.run({
      ...(await options()),
      onListening: async (address) => {
        reached = address;
        client = await connected(address);
        await nextTurn();
        expect(client.readableLength).toBe(0);
        expect(children()).toBe(before);
      },
    });
    onTestFinished(() => running.close({ graceMs: 0 }));
    expect(reached).toEqual(running.address);
    const [greeting] = (await once(client!, 'data')) as [Buffer];
    expect(String(greeting)).toBe('220 OHAI\r\n');
  });

  test('S21: cannot be started when onListening throws; then nothing is left of it', async () => {
    const before = children();
    let reached!: Endpoint;
    const started = runner.run({
      ...(await options()),
      onListening: (address) => {
        reached = address;
        throw new Error('still root');
      },
    });
    await expect(started).rejects.toThrow('still root');
    expect(children()).toBe(before);
    await expect(connected(reached)).rejects.toThrow('ECONNREFUSED');
  });
});

test('S21: a server inside of a program has its onListening done before it serves, too', async () => {
  await using server = createFtpServer({ fileSystem: new MemoryFileSystem() });
  const failed = server.listen({
    port: 0,
    onListening: () => {
      throw new Error('still root');
    },
  });
  await expect(failed).rejects.toThrow('still root');
  let reached: Endpoint | undefined;
  const address = await server.listen({
    port: 0,
    onListening: (bound) => {
      reached = bound;
    },
  });
  expect(reached).toEqual(address);
});
