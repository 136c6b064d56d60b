/** Load clients of other services than FTP. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CloudHashPlan, HttpPlan } from '../../bench/load/plan.ts';
import { runLoad, startLoad } from './built-load.ts';

const HOST = '127.0.0.1';

async function portOf(server: Server): Promise<number> {
  server.listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('requests over HTTP', () => {
  async function run(body: string, status: number, plan: Pick<HttpPlan, 'keepAlive' | 'octets'>) {
    const seen = { requests: 0, connections: 0 };
    const server = createHttpServer((_, response) => {
      seen.requests += 1;
      response.writeHead(status, { 'Content-Length': body.length }).end(body);
    });
    server.on('connection', () => (seen.connections += 1));
    onTestFinished(() => server.closeAllConnections());
    const url = `http://${HOST}:${await portOf(server)}/`;
    const common = { driver: 'autocannon', url, clients: 3, warmUpSeconds: 0, seconds: 0.3 } as const;
    return { seen, result: await runLoad({ ...common, ...plan }) };
  }

  test('over connections that are kept are counted', async () => {
    const { seen, result } = await run('content', 200, { keepAlive: true, octets: 7 });
    expect(result.errors).toEqual({});
    expect(result.wrong).toBeUndefined();
    expect(seen.connections).toBe(3);
    expect(result.latencyCount).toBeGreaterThan(0);
    expect(result.latencyCount).toBeLessThanOrEqual(seen.requests);
    // Those that began before the clock did have octets, and no latency.
    expect(result.octets).toBeGreaterThanOrEqual(7 * result.latencyCount);
    expect(result.octets).toBeLessThanOrEqual(7 * seen.requests);
  });

  test('over a connection each are counted', async () => {
    const { seen, result } = await run('content', 200, { keepAlive: false, octets: 7 });
    expect(result.errors).toEqual({});
    expect(result.latencyCount).toBeGreaterThan(3);
    expect(seen.connections).toBeGreaterThanOrEqual(result.latencyCount);
  });

  test('go on until they are stopped, when nothing else ends them', async () => {
    const server = createHttpServer((_, response) => void response.end('content'));
    onTestFinished(() => server.closeAllConnections());
    const url = `http://${HOST}:${await portOf(server)}/`;
    const common = { driver: 'autocannon', url, clients: 1, keepAlive: true, octets: 7 } as const;
    const load = await startLoad({ ...common, warmUpSeconds: 10, seconds: Number.POSITIVE_INFINITY });
    const ended = load.run();
    expect(await load.stop()).toEqual(await ended);
  });

  test('that bring bodies of another length are wrong', async () => {
    const { result } = await run('content', 200, { keepAlive: true, octets: 8 });
    expect(result.wrong).toBe('a body of 7 instead of 8 octets');
    expect(result.operations).toBe(0);
  });

  test('that are refused are errors', async () => {
    const { result } = await run('content', 503, { keepAlive: true, octets: 7 });
    expect(result.errors['unexpected answer: 503']).toBeGreaterThan(0);
    expect(result.operations).toBe(0);
  });
});

describe('requests of the cloud hash', () => {
  async function run(stored: string, value: string, keepConnection: boolean) {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket
        .on('error', () => {})
        .on('data', (chunk) => socket.write(String(chunk).startsWith('SET') ? stored : value));
    });
    const address = { address: HOST, port: await portOf(server) };
    const plan: CloudHashPlan = {
      driver: 'cloud-hash',
      server: address,
      clients: 2,
      keepConnection,
      warmUpSeconds: 0,
      seconds: 0.2,
    };
    const result = await runLoad(plan);
    return { connections, result };
  }

  test('over connections that are kept are counted', async () => {
    const { connections, result } = await run('STORED\n', 'VALUE value-0\n', true);
    expect(result).toMatchObject({ errors: {}, connected: 2 });
    expect(result.operations).toBeGreaterThan(2);
    expect(connections).toBe(2);
  });

  test('over a connection each are counted', async () => {
    const { connections, result } = await run('STORED\n', 'NOT FOUND\n', false);
    expect(result.errors).toEqual({});
    expect(connections).toBeGreaterThanOrEqual(result.latencyCount);
  });

  test('that are answered with values of others are wrong', async () => {
    const { result } = await run('STORED\n', 'VALUE of-another\n', true);
    expect(result.wrong).toBe('GET client-0: of-another instead of value-0');
  });
});
