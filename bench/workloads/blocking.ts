import { wait } from './figures.ts';
import { ftpPlan, UNTIL_STOPPED } from './ftp-plan.ts';
import { MIB } from './sizes.ts';
import type { Workload } from './workload.ts';

const HEAVY = { name: 'heavy.bin', octets: 512 * MIB, sparse: true } as const;
/** Of two clients who ask for a digest at the same time: does one notice the other? */
const NOOPS_PER_SECOND = 200;

export const blocking: Workload = {
  name: 'blocking',
  title: 'a client beside two that have files hashed',
  question: 'Does a long computation for one client keep the others waiting?',
  method:
    'Two clients have the SHA-256 of 512 MiB computed, again and again (HASH). A third sends NOOP 200 times a second by the ' +
    'clock; its waits count from when it should have sent it.',
  group: 'trouble',
  claims: ['B7', 'B15', 'B19'],
  latencyOf: 'NOOP of the third client',
  service: 'ftp',
  notForPeers: 'knows no HASH',
  figures: [
    wait(99, 'NOOP, p99'),
    wait(50, 'NOOP, p50'),
    {
      key: 'hashed',
      title: 'hashed meanwhile',
      unit: 'B/s',
      better: 'more',
      of: ({ beside }) => beside && (beside.operations * HEAVY.octets) / beside.seconds,
    },
  ],
  clientsStay: true,
  files: [HEAVY],
  fixedClients: true,
  quick: { clients: [3], headlineClients: 3, seconds: 1.2, warmUpSeconds: 0.2, repetitions: 1 },
  full: { clients: [3], headlineClients: 3, seconds: 4, warmUpSeconds: 0.5, repetitions: 3 },
  loads: (setting) => ({
    beside: ftpPlan(setting, {
      clients: setting.clients - 1,
      operation: [{ do: 'hash', path: setting.pathOf(HEAVY.name) }],
      ...UNTIL_STOPPED,
    }),
    measured: ftpPlan(setting, {
      clients: 1,
      operation: [{ do: 'noop' }],
      pace: { kind: 'open', perSecond: NOOPS_PER_SECOND },
      patienceMs: 5_000,
    }),
  }),
};
