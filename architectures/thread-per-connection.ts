// Who accepts?      The main thread, accept(2), as long as there are not too many threads.
// Who serves?       A new worker thread, to which the descriptor is given; it ends with its client.
// A slow client…    keeps its own thread; when there are as many as allowed, the next one waits in the listen queue.
// A crash…          takes the one client; if the process dies of it, the server.

import { oneThreadEach, type Runner, startParent } from '../src/architecture.ts';

export const threadPerConnection: Runner = {
  name: 'thread-per-connection',
  summary: 'a thread for each client',
  pattern: 'Thread per connection (chapter 22)',
  traits: {
    accepts: 'the main thread',
    serves: 'a new worker thread',
    atATime: 'as many as allowed',
    whenBusy: "waits in the kernel's listen queue",
    aCrashTakes: 'one client',
  },
  run(options) {
    const { maxConnections = 256 } = options;
    return startParent(options, oneThreadEach, async (clients, threads) => {
      for await (const client of clients) {
        void threads.serve(client);
        while (threads.waiting >= maxConnections) await threads.vacancy();
      }
    });
  },
};
