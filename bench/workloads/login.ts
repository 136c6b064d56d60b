import { processorTime, rate, wait } from './figures.ts';
import { ftpPlan, LOGGED_IN } from './ftp-plan.ts';
import type { Workload } from './workload.ts';

export const login: Workload = {
  name: 'login',
  title: 'connect and log in',
  question: 'How many clients can be greeted and let in by the second?',
  method: 'Each client connects, takes the greeting, logs in as anonymous, says QUIT, and comes again.',
  group: 'sessions',
  claims: ['B4', 'B5', 'B9'],
  latencyOf: 'connect to the reply to QUIT',
  service: 'ftp',
  figures: [rate('logins'), wait(99, 'p99'), processorTime('processor time of a login')],
  files: [],
  quick: { clients: [16], headlineClients: 16, seconds: 0.5, warmUpSeconds: 0.3, repetitions: 3 },
  full: { clients: [16], headlineClients: 16, seconds: 3, warmUpSeconds: 1, repetitions: 5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, { prepare: [], operation: [...LOGGED_IN, { do: 'quit' }] }),
  }),
};
