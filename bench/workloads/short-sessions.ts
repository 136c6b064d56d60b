import { processorTime, rate, wait } from './figures.ts';
import { ftpPlan } from './ftp-plan.ts';
import { shortSession } from './short-session.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

export const shortSessions: Workload = {
  name: 'short-sessions',
  title: 'short sessions',
  question: 'How many whole sessions by the second, each of which fetches one small file?',
  method: 'Each client connects, logs in, fetches 1 KiB by EPSV and RETR, says QUIT, and comes again.',
  group: 'sessions',
  claims: ['B4', 'B5', 'B9', 'B13', 'B17'],
  latencyOf: 'connect to the reply to QUIT',
  service: 'ftp',
  figures: [rate('sessions'), wait(99, 'p99'), processorTime('processor time of a session')],
  files: [SMALL],
  quick: { clients: [16], headlineClients: 16, seconds: 0.5, warmUpSeconds: 0.3, repetitions: 3 },
  full: { clients: [16], headlineClients: 16, seconds: 3, warmUpSeconds: 1, repetitions: 5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, { prepare: [], operation: shortSession(setting) }),
  }),
};
