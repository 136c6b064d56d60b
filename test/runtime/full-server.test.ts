import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';

/** A reactor that serves one client at a time, in a process that nothing else keeps from ending. */
const SERVER = `
  import { startServer } from 'ohai-ftpd';
  const module = \`data:text/javascript,export const createService = async () => ({
    serve: ({ stream }) => new Promise((resolve) => { stream.on('close', resolve).on('end', () => stream.end()).resume().write('hello'); }),
    drain() {}, async [Symbol.asyncDispose]() {} })\`;
  const { address } = await startServer(
    { service: { module, options: null }, listen: { host: '127.0.0.1', port: 0 }, limits: { connections: 1 } },
    async (connections, serve) => { for await (const connection of connections) void serve(connection); },
  );
  console.log(address.port);
`;

test('a full server that pauses goes on when its clients have left meanwhile', async () => {
  const server = spawn(process.execPath, ['--input-type=module', '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void server.kill('SIGKILL'));
  const [port] = (await once(server.stdout!, 'data')) as [Buffer];
  const client = (): Socket => {
    const socket = connect(Number(port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    return socket.on('error', () => {});
  };
  const first = client();
  await once(first, 'data');
  // Reset, since the service has no word for the refused: once() would take that for a failure of its own.
  await new Promise((resolve) => client().on('close', resolve));
  first.end();
  await once(first.resume(), 'close');
  expect(String(await once(client(), 'data'))).toBe('hello');
});
