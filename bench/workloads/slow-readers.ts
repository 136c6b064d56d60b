import { throughput, wait } from './figures.ts';
import { LARGE, MEDIUM } from './sizes.ts';
import type { Workload } from './workload.ts';

const SLOW_OCTETS_PER_SECOND = 64 * 1024;

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
  loads: ({ server, clients, seconds, warmUpSeconds, pathOf }) => ({
    beside: {
      driver: 'sockets',
      server,
      clients,
      prepare: [{ do: 'connect' }, { do: 'login' }],
      operation: [
        {
          do: 'retrieve',
          path: pathOf(LARGE.name),
          octets: LARGE.octets,
          octetsPerSecond: SLOW_OCTETS_PER_SECOND,
        },
      ],
      pace: { kind: 'closed' },
      warmUpSeconds: 0,
      seconds: warmUpSeconds + seconds,
      patienceMs: 4_000,
    },
    measured: {
      driver: 'sockets',
      server,
      clients: 1,
      prepare: [{ do: 'connect' }, { do: 'login' }],
      operation: [{ do: 'retrieve', path: pathOf(MEDIUM.name), octets: MEDIUM.octets }],
      pace: { kind: 'closed' },
      warmUpSeconds,
      seconds,
      patienceMs: 4_000,
    },
  }),
};
