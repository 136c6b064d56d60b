import { processorTime, rate, wait } from './figures.ts';
import { ftpPlan } from './ftp-plan.ts';
import type { Workload } from './workload.ts';

const FOLDER = { name: 'names', entries: 10_000 } as const;

export const listing: Workload = {
  name: 'listing',
  title: 'listing of 10,000 entries',
  question: 'How fast is a large folder listed?',
  method:
    'One client lists a folder of 10,000 empty files again and again by MLSD (LIST where there is none), and counts them.',
  group: 'transfers',
  claims: ['B15'],
  latencyOf: 'one listing',
  service: 'ftp',
  figures: [rate('listings'), wait(50, 'p50'), processorTime('processor time of a listing')],
  files: [FOLDER],
  fixedClients: true,
  full: { clients: [1], headlineClients: 1, seconds: 2, warmUpSeconds: 0.7, repetitions: 5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, {
      operation: [{ do: 'list', path: setting.pathOf(FOLDER.name), entries: FOLDER.entries }],
      patienceMs: 20_000,
    }),
  }),
};
