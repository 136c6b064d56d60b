// Who accepts?      The event loop.
// Who serves?       The same event loop, a piece of one client's work between pieces of the others'.
// A slow client…    costs its own memory and nothing else.
// A crash…          takes the server down.

import { type Runner, startServer } from '../src/architecture.ts';

export const reactor: Runner = {
  name: 'reactor',
  summary: 'all clients on one event loop',
  pattern: 'Evented (chapter 25)',
  traits: {
    accepts: 'the event loop',
    serves: 'the event loop',
    atATime: 'all',
    whenBusy: '–',
    aCrashTakes: 'the server',
  },
  run(options) {
    return startServer(options, async (connections, serve) => {
      for await (const connection of connections) void serve(connection);
    });
  },
};
