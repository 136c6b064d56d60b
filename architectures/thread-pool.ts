// Who accepts?      The main thread, accept(2), as long as the queue of the pool is not full.
// Who serves?       A thread of the pool, one client at a time.
// A slow client…    keeps one thread busy; when all are, the next one waits in the pool's queue, which has an end.
// A crash…          takes the one client; if the process dies of it, the server.

import { threadPool as pool, type Runner, startParent } from '../src/architecture.ts';

export const threadPool: Runner = {
  name: 'thread-pool',
  summary: 'threads, started beforehand, to which clients are queued',
  pattern: 'Thread pool (chapter 24)',
  traits: {
    accepts: 'the main thread',
    serves: 'a thread of the pool',
    atATime: 'N',
    whenBusy: "waits in the pool's queue",
    aCrashTakes: 'one client',
  },
  run(options) {
    const { workers = 25, queue = 256 } = options;
    return startParent(options, pool(workers), async (clients, threads) => {
      for await (const client of clients) {
        void threads.serve(client);
        while (threads.waiting >= queue) await threads.vacancy();
      }
    });
  },
};
