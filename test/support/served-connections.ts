import { once } from 'node:events';
import { createServer } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Endpoint } from '../../src/index.ts';
import type { Service } from '../../src/runtime/service.ts';
import { seat } from './seat.ts';

/** Has a service serve whoever connects, until the test ends. */
export async function servedConnections(service: Service): Promise<{ readonly address: Endpoint }> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true });
  const served = new Set<Promise<void>>();
  listener.on('connection', (stream) => {
    const local = { address: stream.localAddress!, port: stream.localPort! };
    const remote = { address: stream.remoteAddress!, port: stream.remotePort! };
    served.add(service.serve({ stream, local, remote, entrance: 0, seat: seat(String(served.size)) }));
    onTestFinished(() => void stream.destroy());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(async () => {
    listener.close();
    await Promise.all(served);
    await service[Symbol.asyncDispose]();
  });
  const { address, port } = listener.address() as Endpoint;
  return { address: { address, port } };
}
