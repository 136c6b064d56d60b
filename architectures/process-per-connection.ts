// Who accepts?      The parent, accept(2), as long as there are not too many children.
// Who serves?       A new child process, which inherits the socket, as inetd does it; it ends with its client.
// A slow client…    keeps its own process; when there are as many as allowed, the next one waits in the listen queue.
// A crash…          takes the one client.

import { oneProcessEach, type Runner, startParent } from '../src/architecture.ts';

export const processPerConnection: Runner = {
  name: 'process-per-connection',
  summary: 'a child process for each client',
  pattern: 'Process per connection (chapter 21)',
  traits: {
    accepts: 'the parent',
    serves: 'a new child process',
    atATime: 'as many as allowed',
    whenBusy: "waits in the kernel's listen queue",
    aCrashTakes: 'one client',
  },
  confinable: true,
  run(options) {
    const { maxConnections = 256 } = options;
    return startParent(options, oneProcessEach, async (clients, processes) => {
      for await (const client of clients) {
        void processes.serve(client);
        while (processes.waiting >= maxConnections) await processes.vacancy();
      }
    });
  },
};
