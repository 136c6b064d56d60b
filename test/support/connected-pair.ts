import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Two ends of a connection, until the test ends; nobody reads from either yet, and errors of both may go unheard. */
export async function connectedPair(): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const theirs = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
  const [ours] = (await once(server, 'connection')) as [Socket];
  server.close();
  for (const socket of [ours, theirs]) {
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }
  return { ours, theirs };
}
