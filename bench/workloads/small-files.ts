import { processorTime, rate, wait } from './figures.ts';
import { ftpPlan, retrieval } from './ftp-plan.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

export const smallFiles: Workload = {
  name: 'small-files',
  title: 'many small files on one connection',
  question: 'How fast does somebody get who mirrors a folder of small files?',
  method: 'One client, by the library basic-ftp, logs in once and fetches files of 1 KiB one after the other.',
  group: 'transfers',
  claims: [],
  latencyOf: 'one file',
  service: 'ftp',
  figures: [rate('files'), wait(99, 'p99'), processorTime('processor time of a file')],
  files: [SMALL],
  fixedClients: true,
  full: { clients: [1], headlineClients: 1, seconds: 2, warmUpSeconds: 0.7, repetitions: 5 },
  loads: (setting) => ({
    measured: ftpPlan(setting, { driver: 'basic-ftp', operation: [retrieval(setting, SMALL)] }),
  }),
};
