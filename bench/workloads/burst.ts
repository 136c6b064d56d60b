import { wait } from './figures.ts';
import { ftpPlan, LOGGED_IN } from './ftp-plan.ts';
import type { Workload } from './workload.ts';

export const burst: Workload = {
  name: 'burst',
  title: 'burst of 300 connections',
  question: 'What happens when 300 clients come at the same moment?',
  method: '300 clients connect at once, log in and say QUIT. Waits count from the moment they all began.',
  group: 'many clients',
  claims: ['B4', 'B9', 'B22'],
  latencyOf: 'connect to the reply to QUIT',
  service: 'ftp',
  figures: [
    wait(100, 'until the last is served'),
    wait(50, 'p50'),
    {
      key: 'errors',
      title: 'not served',
      unit: 'count',
      better: 'less',
      of: ({ measured }) => Object.values(measured.errors).reduce((sum, count) => sum + count, 0),
    },
  ],
  files: [],
  full: { clients: [300], headlineClients: 300, seconds: 60, warmUpSeconds: 0, repetitions: 5, usualSeconds: 1.5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, {
      prepare: [],
      operation: [...LOGGED_IN, { do: 'quit' }],
      operations: setting.clients,
      patienceMs: 60_000,
    }),
  }),
};
