import { rate, wait } from './figures.ts';
import { ftpPlan, retrieval } from './ftp-plan.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

/** One of a crowd that is served at all is served within this. */
const PATIENCE_MS = 6_000;

export const idleClients: Workload = {
  name: 'idle-clients',
  title: 'idle clients and one that works',
  question: 'What do clients cost that are only connected, and does one who works notice them?',
  method:
    'A crowd logs in and then says nothing. One client more fetches files of 1 KiB, one after the other. A crowd that is not ' +
    'let in within 6 s each, or leaves no room for the one who works, is a failure.',
  group: 'many clients',
  claims: ['B1', 'B2', 'B4', 'B5', 'B11', 'B13', 'B14', 'B17', 'B18', 'B23'],
  latencyOf: 'one file of the client that works',
  service: 'ftp',
  figures: [
    {
      key: 'perIdleClient',
      title: 'memory of an idle client (PSS)',
      unit: 'B/client',
      better: 'less',
      of: ({ server, emptyPssBytes, clients }) => Math.max(0, server.pssBytes - emptyPssBytes!) / clients,
    },
    rate('files of the one that works'),
    wait(99, 'its p99'),
  ],
  clientsStay: true,
  files: [SMALL],
  weighsClients: true,
  freshServer: true,
  quick: { clients: [100, 1_000], headlineClients: 1_000, seconds: 0.4, warmUpSeconds: 0.2, repetitions: 1 },
  full: { clients: [100, 1_000, 10_000], headlineClients: 1_000, seconds: 2, warmUpSeconds: 0.5, repetitions: 3 },
  loads: (setting) => ({
    beside: ftpPlan(setting, { operation: [], warmUpSeconds: 0, patienceMs: PATIENCE_MS }),
    measured: ftpPlan(setting, { clients: 1, operation: [retrieval(setting, SMALL)], patienceMs: PATIENCE_MS }),
  }),
};
