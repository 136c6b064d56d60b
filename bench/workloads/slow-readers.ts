import { throughput, wait } from './figures.ts';
import { ftpPlan, retrieval, UNTIL_STOPPED } from './ftp-plan.ts';
import { LARGE, MEDIUM } from './sizes.ts';
import type { Workload } from './workload.ts';

const SLOW_OCTETS_PER_SECOND = 64 * 1024;
const PATIENCE_MS = 4_000;

export const slowReaders: Workload = {
  name: 'slow-readers',
  title: 'a fast client beside 30 slow readers',
  question: 'Do clients on slow lines hold up one on a fast line?',
  method:
    '30 clients download a large file at 64 KiB/s each. Beside them one client fetches 1 MiB again and again, as fast as it can; ' +
    'if one of them is not served within 4 s, that is a failure.',
  group: 'many clients',
  claims: ['B2', 'B16', 'B18'],
  latencyOf: 'one download of the fast client',
  service: 'ftp',
  figures: [throughput('download of the fast client'), wait(99, 'its p99')],
  clientsStay: true,
  files: [LARGE, MEDIUM],
  fixedClients: true,
  quick: { clients: [30], headlineClients: 30, seconds: 1, warmUpSeconds: 0.3, repetitions: 1 },
  full: { clients: [30], headlineClients: 30, seconds: 3, warmUpSeconds: 1, repetitions: 3 },
  loads: (setting) => {
    const slow = { ...retrieval(setting, LARGE, 'length'), octetsPerSecond: SLOW_OCTETS_PER_SECOND };
    return {
      beside: ftpPlan(setting, { operation: [slow], ...UNTIL_STOPPED, patienceMs: PATIENCE_MS }),
      measured: ftpPlan(setting, {
        clients: 1,
        operation: [retrieval(setting, MEDIUM, 'length')],
        patienceMs: PATIENCE_MS,
      }),
    };
  },
};
