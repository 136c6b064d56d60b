import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EagerListener } from '../../src/runtime/eager-listener.ts';
import { Listener } from '../../src/runtime/listener.ts';

type AnyListener = Listener | EagerListener;

async function listening(kind: { open: typeof EagerListener.open | typeof Listener.open }) {
  const listener: AnyListener = await kind.open([{ host: '127.0.0.1', port: 0 }], (error) => {
    throw error;
  });
  onTestFinished(() => listener.close());
  return { listener, connections: listener.connections() };
}

async function connected({ address, port }: AnyListener['addresses'][number]): Promise<Socket> {
  const socket = connect(port, address);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

describe.each([Listener, EagerListener])('%o', (kind) => {
  test('clients are taken in the order in which they came', async () => {
    const { listener, connections } = await listening(kind);
    const first = await connected(listener.addresses[0]!);
    const second = await connected(listener.addresses[0]!);
    for (const client of [first, second]) {
      const { value } = await connections.next();
      onTestFinished(() => void value?.stream.destroy());
      expect(value?.remote.port).toBe(client.localPort);
    }
  });

  test.each([
    { how: 'closed', leave: (client: Socket) => client.destroy() },
    { how: 'reset', leave: (client: Socket) => client.resetAndDestroy() },
  ])('a client that has $how its connection while it waited is passed over', async ({ leave }) => {
    const { listener, connections } = await listening(kind);
    // It accepts from now on.
    const taken = connections.next();
    await connected(listener.addresses[0]!);
    void (await taken).value?.stream.destroy();
    const impatient = await connected(listener.addresses[0]!);
    leave(impatient);
    await once(impatient, 'close');
    const patient = await connected(listener.addresses[0]!);
    // The end of the first has come before the second; now the listener has seen it as well.
    await nextTurn();
    const { value } = await connections.next();
    onTestFinished(() => void value?.stream.destroy());
    expect(value?.remote.port).toBe(patient.localPort);
  });

  test('a client that has sent everything and closed its side while it waited is still served', async () => {
    const { listener, connections } = await listening(kind);
    const client = await connected(listener.addresses[0]!);
    client.end('QUIT\r\n');
    await nextTurn();
    const { value } = await connections.next();
    onTestFinished(() => void value?.stream.destroy());
    expect(value?.remote.port).toBe(client.localPort);
    const [chunk] = await once(value!.stream, 'data');
    expect(String(chunk)).toBe('QUIT\r\n');
  });
});

describe.runIf(process.platform === 'linux')('while an EagerListener pauses', () => {
  test('clients wait in the kernel, and are served when the pause is over', async () => {
    const listener = await EagerListener.open([{ host: '127.0.0.1', port: 0 }], () => {});
    onTestFinished(() => listener.close());
    let goOn!: () => void;
    let paused: Promise<void> | undefined = new Promise((resolve) => {
      goOn = () => {
        paused = undefined;
        resolve();
      };
    });
    const taken = listener.connections(() => paused).next();
    // Connected by the kernel: nobody has accepted it.
    const client = await connected(listener.addresses[0]!);
    expect(acceptedSockets(client)).toBe(0);
    goOn();
    const { value } = await taken;
    onTestFinished(() => void value?.stream.destroy());
    expect(value?.remote.port).toBe(client.localPort);
    expect(acceptedSockets(client)).toBe(1);
  });

  test('closing it before it has begun to accept ends the connections', async () => {
    const listener = await EagerListener.open([{ host: '127.0.0.1', port: 0 }], () => {});
    const taken = listener.connections().next();
    // Past accept(2), which found nobody; not yet past the turn in which Node's server tells that it listens.
    await Promise.resolve();
    listener.close();
    expect(await taken).toEqual({ done: true, value: undefined });
  });

  test('closing it ends the connections and frees the port', async () => {
    const errors: Error[] = [];
    const listener = await EagerListener.open([{ host: '127.0.0.1', port: 0 }], (error) => errors.push(error));
    const taken = listener.connections(() => new Promise(() => {})).next();
    await listener.close();
    expect(await taken).toEqual({ done: true, value: undefined });
    // It has not tried to accept from a descriptor that may be somebody else's by then.
    expect(errors).toEqual([]);
    await using again = await Listener.open([{ host: '127.0.0.1', port: listener.addresses[0]!.port }]);
    expect(again.addresses[0]!).toEqual(listener.addresses[0]!);
  });
});

/** How many descriptors of this process are the far end of the client's connection. */
function acceptedSockets(client: Socket): number {
  const port = (port: number) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const ends = [port(client.remotePort!), port(client.localPort!)].join(' ');
  const inode = readFileSync('/proc/self/net/tcp', 'latin1')
    .split('\n')
    .find((line) => line.includes(ends))
    ?.trim()
    .split(/\s+/)[9];
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(`/proc/self/fd/${fd}`) === `socket:[${inode}]`).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
