import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FileSystem } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { changedStorage } from '../support/changed-storage.ts';
import { RawClient, startHttpServer } from '../support/http-server.ts';

const FILES = { '/a': 'content of a', '/b': 'content of b', '/c': 'content of c' };

/** More than the kernel keeps for a connection on loopback, whatever it is set to. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');

function site(files: Record<string, string | Uint8Array> = FILES) {
  return { storage: new MemoryFileSystem({ files }), index: false };
}

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

/** A site in which the first look at `/slow` waits until it is let go on. */
function slowSite() {
  const { storage } = site({ ...FILES, '/slow': 'slow' });
  const asked = signal();
  const goOn = signal();
  const stat: FileSystem['stat'] = async (path) => {
    if (path === '/slow') {
      asked.give();
      await goOn.given;
    }
    return storage.stat(path);
  };
  return {
    site: { storage: changedStorage(storage, { stat }), index: false },
    asked: asked.given,
    goOn: goOn.give,
  };
}

const codesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => Number(code));

describe('a connection', () => {
  test('is kept for further requests', async () => {
    const server = await startHttpServer({ site: site() });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (const name of ['a', 'b', 'nothing', 'c']) {
      const request = get(`${server.url}/${name}`, { agent });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      const text = (await response.setEncoding('utf8').toArray()).join('');
      if (name !== 'nothing') expect(text).toBe(`content of ${name}`);
    }
    expect(server.served).toHaveLength(1);
  });

  test('answers pipelined requests in their order', async () => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    const names = Array.from({ length: 200 }, (_, index) => 'abc'[index % 3]!);
    client.send(names.map((name) => `GET /${name} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    client.request('GET /a', { Connection: 'close' });
    const text = await client.untilEnd();
    expect([...text.matchAll(/content of (.)/g)].map(([, name]) => name)).toEqual([...names, 'a']);
    await server.served[0];
  });

  test('reads no more than some requests ahead of its answers', async () => {
    const { site, asked, goOn } = slowSite();
    const server = await startHttpServer({ site });
    const client = await RawClient.connect(server);
    client.request('GET /slow');
    await asked;
    // Far more than the kernel keeps; a server that read ahead would take all of it.
    const request = `GET /a HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(8_000)}\r\n\r\n`;
    for (let count = 0; count < 4_000; count += 1) client.send(request);
    for (let before = -1; before !== client.socket.writableLength; ) {
      before = client.socket.writableLength;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(client.socket.writableLength).toBeGreaterThan(1_000 * request.length);
    expect(server.connections[0]!.stream.bytesRead).toBeLessThan(1024 * 1024);
    goOn();
    await client.until('content of a');
  });

  test('ends after the answer when the client says so, or speaks HTTP/1.0', async () => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    client.send('GET / HTTP/1.0\r\n\r\n');
    expect(await client.untilEnd()).toMatch(/^HTTP\/1\.1 200 .*Connection: close.*<\/html>\n$/s);
    await server.served[0];
  });

  test('answers a client that ends its own side with the request', async () => {
    const server = await startHttpServer({ site: site({ '/large': LARGE }) });
    const client = await RawClient.connect(server);
    client.socket.end('GET /large HTTP/1.1\r\nHost: x\r\n\r\n');
    const text = await client.untilEnd();
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(LARGE.length);
    await server.served[0];
  });

  test('ends when the client leaves between two requests', async () => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    client.request('GET /a');
    await client.until('content of a');
    client.socket.end();
    await server.served[0];
  });

  test('that is reset in the middle of an answer leaves no file open', async () => {
    let open = 0;
    const { storage } = site({ '/large': LARGE });
    const read: FileSystem['read'] = async (path) => {
      const file = await storage.read(path);
      open += 1;
      return Object.assign(file, {
        close: async () => {
          open -= 1;
        },
      });
    };
    const server = await startHttpServer({ site: { storage: changedStorage(storage, { read }), index: false } });
    const client = await RawClient.connect(server);
    client.request('GET /large');
    client.request('GET /large');
    await client.until('\r\n\r\nx');
    expect(open).toBe(1);
    client.socket.resetAndDestroy();
    await server.served[0];
    expect(open).toBe(0);
    expect(server.logged.join('')).toMatch(/ code=200 octets=\d+ address=127\.0\.0\.1 broken=true\n$/);
  });

  test('does not take a body for a request', async () => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    const body = 'GET /b HTTP/1.1\r\nHost: x\r\n\r\n';
    client.request('POST /a', { 'Content-Length': String(body.length) });
    client.send(body);
    client.request('GET /c', { Connection: 'close' });
    const text = await client.untilEnd();
    expect(codesOf(text)).toEqual([405, 200]);
    expect(text).toContain('content of c');
    expect(text).not.toContain('content of b');
  });

  test('spares a client the body that it asks about first', async () => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    client.request('PUT /a', { 'Content-Length': '1000', Expect: '100-continue' });
    expect(codesOf(await client.until('</html>'))).toEqual([405]);
  });
});

describe('what is no request', () => {
  test.each([
    ['garbage', '\x16\x03\x01 what\r\n\r\n', 400],
    ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a header that is too large', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['two lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ])('%s is turned away', async (_what, text, code) => {
    const server = await startHttpServer({ site: site() });
    const client = await RawClient.connect(server);
    client.send(text);
    const received = await client.untilEnd();
    expect(codesOf(received)).toEqual([code]);
    expect(received).toMatch(/^Connection: close\r$/m);
    await server.served[0];
  });

  test('is turned away behind the answers to the requests before it', async () => {
    const { site, asked, goOn } = slowSite();
    const server = await startHttpServer({ site });
    const client = await RawClient.connect(server);
    client.request('GET /slow');
    await asked;
    client.request('GET /a');
    client.send('garbage\r\n\r\n');
    goOn();
    const text = await client.untilEnd();
    expect(codesOf(text)).toEqual([200, 200, 400]);
    expect(text).toMatch(/\r\n\r\nslowHTTP.*content of aHTTP/s);
    await server.served[0];
  });
});

test('What comes behind the last request of a connection is not answered, whatever it is.', async () => {
  const server = await startHttpServer({ site: site() });
  for (const behind of ['garbage\r\n\r\n', 'GET /b HTTP/1.1\r\nHost: x\r\n\r\n']) {
    const client = await RawClient.connect(server);
    client.send(`GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n${behind}`);
    expect(codesOf(await client.untilEnd())).toEqual([200]);
    expect(client.received).toMatch(/content of a$/);
  }
  await Promise.all(server.served);
});

describe('a service that drains', () => {
  test('closes idle connections at once, used or not', async () => {
    const server = await startHttpServer({ site: site() });
    const [used, unused] = [await RawClient.connect(server), await RawClient.connect(server)];
    used.request('GET /a');
    await used.until('content of a');
    while (server.served.length < 2) await new Promise(setImmediate);
    server.service.drain();
    await Promise.all(server.served);
    expect(codesOf(await used.untilEnd())).toEqual([200]);
    expect(await unused.untilEnd()).toBe('');
  });

  test('lets an answer that has begun come to its end', async () => {
    const server = await startHttpServer({ site: site({ '/large': LARGE }) });
    const client = await RawClient.connect(server);
    client.request('GET /large');
    const begun = await client.until('\r\n\r\nx');
    expect(begun).toContain('Connection: keep-alive');
    server.service.drain();
    const text = await client.untilEnd();
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(LARGE.length);
    await server.served[0];
  });

  test('announces the end with an answer that has not', async () => {
    const { site, asked, goOn } = slowSite();
    const server = await startHttpServer({ site });
    const client = await RawClient.connect(server);
    client.request('GET /slow');
    client.request('GET /a');
    await asked;
    server.service.drain();
    goOn();
    const text = await client.untilEnd();
    expect(text).toMatch(/^HTTP\/1\.1 200 .*Connection: close\r\n.*\r\n\r\nslow$/s);
    await server.served[0];
  });

  test('turns away whoever still comes', async () => {
    const server = await startHttpServer({ site: site() });
    server.service.drain();
    const client = await RawClient.connect(server);
    client.request('GET /a');
    const text = await client.untilEnd();
    expect(codesOf(text)).toEqual([503]);
    expect(text).toMatch(/^Retry-After: \d+\r$/m);
    expect(text).toMatch(/^Connection: close\r$/m);
    await server.served[0];
  });
});

test('A client that is refused is told so even while it sends, and is not waited for.', async () => {
  const server = await startHttpServer({ site: site() });
  server.service.serve = (connection) => server.service.refuse(connection);
  const client = await RawClient.connect(server);
  client.send(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`);
  await once(client.socket, 'end');
  expect(codesOf(client.received)).toEqual([503]);
  expect(client.error).toBeUndefined();
  // The client keeps its own side open.
  await server.served[0];
  // Octets left unread would have made a reset of the end.
  expect(server.connections[0]!.stream.bytesRead).toBeGreaterThan(1_000_000);
});

test('The scoreboard is told what a client does.', async () => {
  const { site, asked, goOn } = slowSite();
  const server = await startHttpServer({ site });
  const client = await RawClient.connect(server);
  client.request('GET /slow?x');
  await asked;
  const { seat } = server.connections[0]!;
  expect(seat.activity?.()).toBe('GET /slow');
  goOn();
  await client.until('slow');
  while (seat.activity?.() !== 'idle') await new Promise(setImmediate);
});
