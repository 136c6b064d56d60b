import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Listener } from '../../src/runtime/listener.ts';

async function listening() {
  const listener = await Listener.open({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.close());
  return { listener, connections: listener.connections() };
}

async function connected({ address, port }: Listener['address']): Promise<Socket> {
  const socket = connect(port, address);
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

test('clients are taken in the order in which they came', async () => {
  const { listener, connections } = await listening();
  const first = await connected(listener.address);
  const second = await connected(listener.address);
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
  const { listener, connections } = await listening();
  const impatient = await connected(listener.address);
  leave(impatient);
  await once(impatient, 'close');
  const patient = await connected(listener.address);
  // The end of the first has come before the second; now the listener has seen it as well.
  await nextTurn();
  const { value } = await connections.next();
  onTestFinished(() => void value?.stream.destroy());
  expect(value?.remote.port).toBe(patient.localPort);
});

test('a client that has sent everything and closed its side while it waited is still served', async () => {
  const { listener, connections } = await listening();
  const client = await connected(listener.address);
  client.end('QUIT\r\n');
  await nextTurn();
  const { value } = await connections.next();
  onTestFinished(() => void value?.stream.destroy());
  expect(value?.remote.port).toBe(client.localPort);
  const [chunk] = await once(value!.stream, 'data');
  expect(String(chunk)).toBe('QUIT\r\n');
});
