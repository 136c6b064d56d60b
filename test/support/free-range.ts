import { createServer } from 'node:net';

/**
 * Ports of 127.0.0.1 that nobody uses at the moment: bound, noted and freed again. They are below those that the system
 * gives to clients, which would come between.
 */
export function freeRange(count: number): Promise<PortRange> {
  return freeRangeFrom(10_000 + Math.floor(Math.random() * 9_000), count);
}

/** The same of ports that it takes a privilege to bind. */
export function freePrivilegedRange(count: number): Promise<PortRange> {
  return freeRangeFrom(600 + Math.floor(Math.random() * 300), count);
}

type PortRange = readonly [first: number, last: number];

async function freeRangeFrom(start: number, count: number): Promise<PortRange> {
  for (let first = start; ; first += count) {
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return [first, first + count - 1];
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)));
  });
}
