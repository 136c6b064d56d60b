import { httpWorkload } from './http-workload.ts';

export const httpKeepAlive = httpWorkload(true, {
  name: 'http-keep-alive',
  title: 'HTTP, connections kept',
  question: 'How many small files by the second over HTTP, on connections that stay?',
  method: 'autocannon fetches a file of 1 KiB from the HTTP service under each architecture, on connections that stay.',
  claims: ['B6', 'B17', 'B18'],
});
