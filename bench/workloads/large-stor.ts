import { processorTime, throughput } from './figures.ts';
import { ftpPlan, LOGGED_IN } from './ftp-plan.ts';
import { LARGE } from './sizes.ts';
import type { Workload } from './workload.ts';

const UPLOAD = 'upload.bin';
/** All of them lie in memory at the end of a run. */
const UPLOADS = 4;

export const largeStor: Workload = {
  name: 'large-stor',
  title: 'upload of a large file',
  question: 'How fast is an upload when one client has the server for itself?',
  method: `One client stores 256 MiB ${UPLOADS} times, each under a name of its own. What is there then is compared by its length, and the last one by its SHA-256.`,
  group: 'transfers',
  claims: ['B20'],
  latencyOf: 'one upload',
  service: 'ftp',
  figures: [throughput('upload'), processorTime('processor time of an upload')],
  files: [],
  storedOctets: (UPLOADS + 1) * LARGE.octets,
  fixedClients: true,
  quick: { clients: [1], headlineClients: 1, seconds: 10, warmUpSeconds: 0, repetitions: 3, usualSeconds: 0.8 },
  full: { clients: [1], headlineClients: 1, seconds: 20, warmUpSeconds: 0, repetitions: 7, usualSeconds: 2 },
  loads: (setting) => {
    const store = (name: string) => ({ do: 'store', path: setting.pathOf(name), octets: LARGE.octets }) as const;
    return {
      measured: ftpPlan(setting, {
        prepare: [...LOGGED_IN, store(`${UPLOAD}-first`)],
        operation: [store(`${UPLOAD}-{operation}`)],
        operations: UPLOADS,
        patienceMs: 30_000,
      }),
      uploads: {
        prepared: [`${UPLOAD}-first`],
        names: Array.from({ length: UPLOADS }, (_, operation) => `${UPLOAD}-${operation}`),
        octets: LARGE.octets,
      },
    };
  },
};
