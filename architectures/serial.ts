// Who accepts?      The process, one connection after the other.
// Who serves?       The same loop, before it accepts the next client.
// A slow client…    keeps all others waiting until it leaves.
// A crash…          takes the server down.

import { type Runner, startServer } from '../src/index.ts';

export const serial: Runner = {
  name: 'serial',
  summary: 'one client at a time, from hello to goodbye; the others wait',
  pattern: 'Serial (chapter 20)',
  concurrency: '1',
  run(options) {
    return startServer(options, async (connections, serve) => {
      for await (const connection of connections) await serve(connection);
    });
  },
};
