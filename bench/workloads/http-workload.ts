import { processorTime, rate, wait } from './figures.ts';
import { SMALL } from './sizes.ts';
import type { Workload } from './workload.ts';

/** The HTTP service, asked for a small file by autocannon. @param keepAlive whether connections are used again. */
export function httpWorkload(
  keepAlive: boolean,
  words: Pick<Workload, 'name' | 'title' | 'question' | 'method' | 'claims'>,
): Workload {
  return {
    ...words,
    group: 'other services',
    latencyOf: 'one request',
    service: 'http',
    notForPeers: 'speaks no HTTP',
    figures: [rate('requests'), wait(99, 'p99'), processorTime('processor time of a request')],
    files: [SMALL],
    full: { clients: [4, 32], headlineClients: 32, seconds: 2, warmUpSeconds: 0.7, repetitions: 3 },
    loads: ({ server, clients, seconds, warmUpSeconds, pathOf }) => ({
      measured: {
        driver: 'autocannon',
        url: `http://${server.address}:${server.port}/${pathOf(SMALL.name)}`,
        clients,
        keepAlive,
        octets: SMALL.octets,
        warmUpSeconds,
        seconds,
      },
    }),
  };
}
