// Who accepts?      The process, accept(2), one connection after the other.
// Who serves?       The same loop, before it accepts the next client.
// A slow client…    keeps all others waiting, in the kernel's listen queue, until it leaves.
// A crash…          takes the server down.

import { type Runner, startServer } from '../src/architecture.ts';

export const serial: Runner = {
  name: 'serial',
  summary: 'one client at a time, from hello to goodbye; the others wait',
  pattern: 'Serial (chapter 20)',
  traits: {
    accepts: 'the process, one after the other',
    serves: 'the same loop, before it accepts again',
    atATime: '1',
    whenBusy: "waits in the kernel's listen queue",
    aCrashTakes: 'the server',
  },
  run(options) {
    return startServer(
      options,
      async (connections, serve) => {
        for await (const connection of connections) await serve(connection);
      },
      { accept: 'when asked' },
    );
  },
};
