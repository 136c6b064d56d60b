// Who accepts?      Each of N child processes, accept(2) on the socket that they share. The parent never accepts.
// Who serves?       The child that accepted, before it accepts again.
// A slow client…    keeps one child busy; when all are, the next one waits in the kernel's listen queue.
// A crash…          takes the one client of that child. The parent starts another child.

import { type Policy, type Runner, startCrew } from '../src/architecture.ts';

export const prefork: Runner = {
  name: 'prefork',
  summary: 'child processes, started beforehand, that accept for themselves and serve one client each',
  pattern: 'Preforking (chapter 23)',
  traits: {
    accepts: 'each of N child processes, on one shared socket',
    serves: 'the child that accepted',
    atATime: 'N',
    whenBusy: "waits in the kernel's listen queue",
    aCrashTakes: 'one client',
  },
  confinable: true,
  run(options) {
    return startCrew(options, { size: options.workers ?? 4, chapter: import.meta.url });
  },
};

/** Runs in the child. */
export const inEachChild: Policy = async (connections, serve) => {
  for await (const connection of connections) await serve(connection);
};
