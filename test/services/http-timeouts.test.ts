import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { RawClient, startHttpServer } from '../support/http-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** More than the kernel keeps for a connection on loopback, whatever it is set to. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');

const SITE = { storage: new MemoryFileSystem({ files: { '/a': 'content of a', '/large': LARGE } }), index: false };

describe('S19: a client that is slow', () => {
  const timeouts = { headersMs: 300, requestMs: 400, keepAliveMs: 200, stallMs: 300 };

  test.each([
    ['sends nothing', ''],
    ['sends half a header', 'GET / HTTP/1.1\r\nHost: x\r\n'],
  ])('and %s is told so', async (_what, text) => {
    const server = await startHttpServer({ site: SITE, timeouts: { ...timeouts, stallMs: 5_000 } });
    const client = await RawClient.connect(server);
    client.send(text);
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 408 /);
    await server.served[0];
  });

  test('and sends nothing further is forgotten', async () => {
    const server = await startHttpServer({ site: SITE, timeouts });
    const client = await RawClient.connect(server);
    client.request('GET /a');
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 /);
    await server.served[0];
  });

  test('to send a body that nobody wants does not hold the connection', async () => {
    const server = await startHttpServer({ site: SITE, timeouts });
    const client = await RawClient.connect(server);
    client.request('POST /a', { 'Content-Length': '1000' });
    await client.until('</html>');
    await client.untilEnd();
    await server.served[0];
  });

  test('and does not read at all is forgotten', async () => {
    const server = await startHttpServer({ site: SITE, timeouts });
    const client = await RawClient.connect(server);
    client.request('GET /large');
    await client.until('\r\n\r\nx');
    client.socket.pause();
    await server.served[0];
    expect(server.logged.join('')).toContain('broken=true');
  });

  test('but reads on gets everything, however long it takes', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'file'), LARGE);
    const server = await startHttpServer({ root, timeouts });
    const began = Date.now();
    const request = get(`${server.url}/file`, { agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let octets = 0;
    let restAt = 0;
    for await (const chunk of response) {
      octets += chunk.length;
      if (octets < restAt) continue;
      restAt = octets + 2 * 1024 * 1024;
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    expect(octets).toBe(LARGE.length);
    expect(Date.now() - began).toBeGreaterThan(2 * timeouts.stallMs);
  });
});
