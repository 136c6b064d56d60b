import { httpWorkload } from './http-workload.ts';

export const httpConnections = httpWorkload(false, {
  name: 'http-connections',
  title: 'HTTP, a connection for each request',
  question: 'How many small files by the second over HTTP, when each has a connection of its own?',
  method:
    'autocannon fetches a file of 1 KiB from the HTTP service under each architecture, with a new connection each time.',
  claims: ['B4', 'B9'],
});
