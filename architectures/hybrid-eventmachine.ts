// Who accepts?      The event loop.
// Who serves?       The event loop; requests that would keep it busy for long are deferred to the threads of a pool.
// A slow client…    costs its own memory; one with deferred work waits in the pool's queue, and nobody else does.
// A crash…          of a thread takes the one deferred request; a crash of the loop, the server.

import { availableParallelism } from 'node:os';
import { type Runner, startServer } from '../src/architecture.ts';

export const hybridEventMachine: Runner = {
  name: 'hybrid-eventmachine',
  summary: 'a reactor that defers long work to a pool of threads',
  pattern: 'Hybrid: EventMachine (chapter 26)',
  traits: {
    accepts: 'the event loop',
    serves: 'the event loop; what would block it runs in a pool',
    atATime: 'all',
    whenBusy: "deferred work waits in the pool's queue",
    aCrashTakes: 'one deferred request',
  },
  run(options) {
    return startServer(
      options,
      async (connections, serve) => {
        for await (const connection of connections) void serve(connection);
      },
      { requests: { which: 'heavy', threads: options.workers ?? availableParallelism() } },
    );
  },
};
