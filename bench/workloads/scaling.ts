import { rate, wait } from './figures.ts';
import { ftpPlan } from './ftp-plan.ts';
import { shortSession } from './short-session.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

export const scaling: Workload = {
  name: 'scaling',
  title: 'short sessions by the number of clients',
  question: 'What becomes of the throughput when more clients come at a time?',
  method: 'Short sessions as above, by more and more clients at a time.',
  group: 'many clients',
  claims: ['B4', 'B9', 'B13', 'B14', 'B17'],
  latencyOf: 'connect to the reply to QUIT',
  service: 'ftp',
  figures: [rate('sessions'), wait(99, 'p99')],
  files: [SMALL],
  full: { clients: [1, 4, 16, 64, 256], headlineClients: 64, seconds: 2, warmUpSeconds: 0.5, repetitions: 3 },
  loads: (setting) => ({
    measured: ftpPlan(setting, { prepare: [], operation: shortSession(setting), patienceMs: 20_000 }),
  }),
};
