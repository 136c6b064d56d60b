import { processorTime, rate, wait } from './figures.ts';
import type { Workload } from './workload.ts';

export const cloudHash: Workload = {
  name: 'cloud-hash',
  title: 'CloudHash',
  question: 'And a service that does next to nothing: what do the architectures cost by themselves?',
  method:
    "The book's key-value server, examples/cloud-hash, under each architecture: SET and GET on a connection of its own for each request.",
  group: 'other services',
  claims: ['B4', 'B6', 'B9'],
  latencyOf: 'one request',
  service: 'cloud-hash',
  notForPeers: 'is no key-value server',
  figures: [rate('requests'), wait(99, 'p99'), processorTime('processor time of a request')],
  files: [],
  full: { clients: [16], headlineClients: 16, seconds: 2, warmUpSeconds: 0.7, repetitions: 3 },
  loads: ({ server, clients, seconds, warmUpSeconds }) => ({
    measured: { driver: 'cloud-hash', server, clients, keepConnection: false, warmUpSeconds, seconds },
  }),
};
