import { processorTime, throughput } from './figures.ts';
import { ftpPlan, LOGGED_IN, retrieval } from './ftp-plan.ts';
import { LARGE } from './sizes.ts';
import type { Workload } from './workload.ts';

export const largeRetr: Workload = {
  name: 'large-retr',
  title: 'download of a large file',
  question: 'How fast is a download when one client has the server for itself?',
  method:
    'One client fetches a file of 256 MiB again and again. The first is compared by its SHA-256, the others by their length.',
  group: 'transfers',
  claims: ['B1', 'B7'],
  latencyOf: 'one download',
  service: 'ftp',
  figures: [throughput('download'), processorTime('processor time of a download')],
  files: [LARGE],
  fixedClients: true,
  quick: { clients: [1], headlineClients: 1, seconds: 0.5, warmUpSeconds: 0.2, repetitions: 3 },
  full: { clients: [1], headlineClients: 1, seconds: 3, warmUpSeconds: 0.5, repetitions: 5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, {
      prepare: [...LOGGED_IN, retrieval(setting, LARGE)],
      operation: [retrieval(setting, LARGE, 'length')],
      patienceMs: 30_000,
    }),
  }),
};
