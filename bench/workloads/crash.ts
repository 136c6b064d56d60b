import { ftpPlan, retrieval } from './ftp-plan.ts';
import { untilServedAgain } from './outage.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

export const crash: Workload = {
  name: 'crash',
  title: 'the crash of a unit',
  question: 'Whom does a crash take along, and how long until all are served again?',
  method:
    'Four clients that stay connected fetch files of 1 KiB. Then a unit dies: a process or a thread that serves one of them; the ' +
    'whole server, where there is none, and it is started again at once, as a supervisor would. Who has lost the connection ' +
    'comes again. Served again means: at three quarters of the rate from before.',
  group: 'trouble',
  claims: ['B3', 'B8', 'B12'],
  latencyOf: 'one file',
  service: 'mortal-ftp',
  figures: [
    {
      key: 'clientsLost',
      title: 'clients lost, of 4',
      unit: 'count',
      better: 'less',
      of: ({ measured }) => measured.errors['connection lost'] ?? 0,
    },
    {
      key: 'secondsUntilServed',
      title: 'until all are served again',
      unit: 's',
      better: 'less',
      of: ({ measured, crashedAtMs }) => untilServedAgain(measured.timeline, crashedAtMs),
    },
  ],
  clientsStay: true,
  files: [SMALL],
  freshServer: true,
  fixedClients: true,
  quick: { clients: [4], headlineClients: 4, seconds: 1.8, warmUpSeconds: 0.3, repetitions: 1 },
  full: { clients: [4], headlineClients: 4, seconds: 4, warmUpSeconds: 1, repetitions: 3 },
  crashAfterSeconds: 0.7,
  loads: (setting) => ({
    measured: ftpPlan(setting, {
      operation: [retrieval(setting, SMALL, 'length')],
      patienceMs: 3_000,
      timelineMs: 50,
    }),
  }),
};
