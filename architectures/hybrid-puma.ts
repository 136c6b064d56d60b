// Who accepts?      One event loop, which keeps the connections of all clients, and watches the idle ones.
// Who serves?       A thread of the pool runs each complete request; the next one may run in another thread.
// A slow client…    keeps a thread busy with its request, not with its thinking; then requests wait in the pool's queue.
// A crash…          of a thread takes the one request; a crash of the loop, the server.

import { availableParallelism } from 'node:os';
import { type Runner, startServer } from '../src/architecture.ts';

export const hybridPuma: Runner = {
  name: 'hybrid-puma',
  summary: 'a reactor that keeps idle clients, and a thread pool for their requests',
  pattern: 'Hybrid: Puma (chapter 26)',
  traits: {
    accepts: 'one event loop, which keeps the idle clients',
    serves: 'each request runs on a thread of the pool',
    atATime: 'all idle, N requests',
    whenBusy: "requests wait in the pool's queue",
    aCrashTakes: 'one request',
  },
  run(options) {
    return startServer(
      options,
      async (connections, serve) => {
        for await (const connection of connections) void serve(connection);
      },
      { requests: { which: 'all', threads: options.workers ?? 5 * availableParallelism() } },
    );
  },
};
