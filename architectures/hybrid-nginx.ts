// Who accepts?      Each of N child processes, one per core, accept(2) on the socket that they share.
// Who serves?       The event loop of the child that accepted, beside its other clients.
// A slow client…    costs its own memory and nothing else.
// A crash…          takes the clients of that child. The parent starts another child.

import { availableParallelism } from 'node:os';
import { type Policy, type Runner, startCrew } from '../src/architecture.ts';

export const hybridNginx: Runner = {
  name: 'hybrid-nginx',
  aliases: ['hybrid'],
  summary: 'prefork and reactor: an event loop in each of several child processes',
  pattern: 'Hybrid: nginx (chapter 26)',
  traits: {
    accepts: 'each of N child processes, on one shared socket',
    serves: 'the event loop of the child that accepted',
    atATime: 'all',
    whenBusy: '–',
    aCrashTakes: 'the clients of that child',
  },
  confinable: true,
  run(options) {
    return startCrew(options, { size: options.workers ?? availableParallelism(), chapter: import.meta.url });
  },
};

/** Runs in the child. */
export const inEachChild: Policy = async (connections, serve) => {
  for await (const connection of connections) void serve(connection);
};
