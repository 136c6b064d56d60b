import { once } from 'node:events';
import { chmod, mkdir, rename, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { StorageError, type StorageErrorKind } from '../../src/storage/storage-error.ts';
import { temporaryName } from '../../src/storage/temporary-name.ts';
import { changedStorage } from '../support/changed-storage.ts';
import { ask, RawClient, startHttpServer } from '../support/http-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A site in memory; `changed` functions take the place of those of the storage. */
function site(files: Record<string, string | Uint8Array>, changed: Partial<FileSystem> = {}) {
  return { storage: changedStorage(new MemoryFileSystem({ files }), changed), index: false };
}

const TEXT = '0123456789';

describe('a file', () => {
  test('is sent whole, with what caches and browsers need to know', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'a.txt'), TEXT);
    await utimes(join(root, 'a.txt'), 784_111_777, 784_111_777);
    const server = await startHttpServer({ root });
    const response = await fetch(`${server.url}/a.txt`);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      connection: 'keep-alive',
      'content-length': '10',
      'content-security-policy': 'sandbox',
      'content-type': 'text/plain; charset=utf-8',
      date: expect.stringMatching(/GMT$/),
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
      'keep-alive': 'timeout=15',
      'last-modified': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    expect(await response.text()).toBe(TEXT);
    expect(server.logged).toEqual([
      expect.stringMatching(/ info {2}request method=GET path=\/a\.txt code=200 octets=10 address=127\.0\.0\.1\n$/),
    ]);
  });

  test.each([
    ['page.HTML', 'text/html; charset=utf-8'],
    ['picture.svg', 'image/svg+xml'],
    ['a.tar.gz', 'application/gzip'],
    ['README', 'text/plain; charset=utf-8'],
    ['data', 'application/octet-stream'],
    ['.txt', 'application/octet-stream'],
    ['x.constructor', 'application/octet-stream'],
  ])('called %s is %s, and cannot script this origin', async (name, type) => {
    const server = await startHttpServer({ site: site({ [`/${name}`]: '' }) });
    const { headers } = await fetch(`${server.url}/${name}`);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('content-security-policy')).toBe('sandbox');
  });

  test('that is a PDF comes without the sandbox in which no browser shows it', async () => {
    const server = await startHttpServer({ site: site({ '/a.pdf': '' }) });
    const { headers } = await fetch(`${server.url}/a.pdf`);
    expect(headers.get('content-type')).toBe('application/pdf');
    expect(headers.has('content-security-policy')).toBe(false);
  });

  test('has a new tag when its content has changed', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'a'), 'one');
    const server = await startHttpServer({ root });
    const etag = async () => (await fetch(`${server.url}/a`)).headers.get('etag');
    const first = await etag();
    expect(await etag()).toBe(first);
    await writeFile(join(root, 'b'), 'two');
    await rename(join(root, 'b'), join(root, 'a'));
    expect(await etag()).not.toBe(first);
  });

  test('that the client has already is not sent again', async () => {
    const server = await startHttpServer({ site: site({ '/a': TEXT }) });
    const { headers } = await fetch(`${server.url}/a`);
    const again = await ask(server, 'GET /a', { 'If-None-Match': headers.get('etag')! });
    expect(again).toMatchObject({ code: 304, body: '' });
    expect(again.head).toContain(`ETag: ${headers.get('etag')}\r\n`);
    expect(again.head).not.toMatch(/^Content-/m);
    const since = { 'If-Modified-Since': headers.get('last-modified')! };
    expect(await ask(server, 'GET /a', since)).toMatchObject({ code: 304, body: '' });
    expect(await ask(server, 'GET /a', { ...since, 'If-None-Match': '"x"' })).toMatchObject({ code: 200, body: TEXT });
    expect(await ask(server, 'GET /a', { 'If-Match': '"x"' })).toMatchObject({ code: 412 });
  });

  test.each([
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=0-1,3-4', 200, TEXT, null],
    ['bytes=x', 200, TEXT, null],
  ])('is sent in part for %s', async (range, code, body, contentRange) => {
    const server = await startHttpServer({ site: site({ '/a.txt': TEXT }) });
    const response = await fetch(`${server.url}/a.txt`, { headers: { Range: range } });
    expect(response.status).toBe(code);
    expect(response.headers.get('content-range')).toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(body.length));
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await response.text()).toBe(body);
  });

  test('does not reach beyond its end', async () => {
    const server = await startHttpServer({ site: site({ '/a': TEXT }) });
    const response = await fetch(`${server.url}/a`, { headers: { Range: 'bytes=10-' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */10');
    expect(await response.text()).toContain('<h1>');
  });

  test('is resumed only when it is the same still', async () => {
    const server = await startHttpServer({ site: site({ '/a': TEXT }) });
    const etag = (await fetch(`${server.url}/a`)).headers.get('etag')!;
    const resume = (condition: string) => ask(server, 'GET /a', { Range: 'bytes=8-', 'If-Range': condition });
    expect(await resume(etag)).toMatchObject({ code: 206, body: '89' });
    expect(await resume('"other"')).toMatchObject({ code: 200, body: TEXT });
    expect(await resume('Sun, 06 Nov 1994 08:49:37 GMT')).toMatchObject({ code: 200, body: TEXT });
  });

  test('that is exchanged between two looks at it is sent under the tag of what is sent', async () => {
    const server = await startHttpServer({
      site: (() => {
        const memory = new MemoryFileSystem({ files: { '/a': 'old', '/new': 'newer' } });
        let exchanged = false;
        return site(
          {},
          {
            stat: (path) => memory.stat(path),
            read: async (path, options) => {
              if (!exchanged) await memory.rename('/new', '/a');
              exchanged = true;
              return memory.read(path, options);
            },
          },
        );
      })(),
    });
    const [first, second] = [await fetch(`${server.url}/a`), await fetch(`${server.url}/a`)];
    expect(await first.text()).toBe('newer');
    expect(await second.text()).toBe('newer');
    expect(first.headers.get('etag')).toBe(second.headers.get('etag'));
  });

  test('that never stops changing is turned away, and every handle is closed', async () => {
    let open = 0;
    const server = await startHttpServer({
      site: site(
        {},
        {
          stat: async () => ({ type: 'file', size: 1, modifiedMs: Math.random() * 1e12 }),
          read: async () => {
            open += 1;
            const close = async () => {
              open -= 1;
            };
            return { size: 1, read: async () => 0, close, [Symbol.asyncDispose]: close };
          },
        },
      ),
    });
    const { code, head } = await ask(server, 'GET /a');
    expect(code).toBe(503);
    expect(head).toContain('Retry-After: 10\r\n');
    expect(open).toBe(0);
  });
});

describe('HEAD', () => {
  test.each(['/a.txt', '/', '/folder', '/folder/', '/nothing', '/%'])('of %s is GET without the body', async (path) => {
    const server = await startHttpServer({ site: site({ '/a.txt': TEXT, '/folder/b': '' }) });
    const get = await ask(server, `GET ${path}`);
    const head = await ask(server, `HEAD ${path}`);
    expect(head.body).toBe('');
    const lines = (text: string) => text.replace(/^(?:Date|Transfer-Encoding): .*\r\n/gm, '');
    expect(lines(head.head)).toBe(lines(get.head));
  });

  test('does not know of ranges', async () => {
    const server = await startHttpServer({ site: site({ '/a': TEXT }) });
    expect(await ask(server, 'HEAD /a', { Range: 'bytes=1-2' })).toMatchObject({
      code: 200,
      head: expect.stringContaining('Content-Length: 10\r\n'),
    });
  });
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'CONNECT'])(
  '%s is refused, and what is allowed is named.',
  async (method) => {
    const server = await startHttpServer({ site: site({ '/a': TEXT }) });
    const { code, head } = await ask(server, `${method} ${method === 'CONNECT' ? 'host:80' : '/a'}`);
    expect(code).toBe(405);
    expect(head).toContain('Allow: GET, HEAD\r\n');
  },
);

describe('what is not there or not for everybody', () => {
  test.each<[StorageErrorKind, number]>([
    ['not-found', 404],
    ['not-a-directory', 404],
    ['invalid-name', 404],
    ['name-too-long', 404],
    ['permission-denied', 403],
    ['is-a-symlink', 403],
    ['too-many-open-files', 503],
    ['input-output', 500],
  ])('%s: %i, with a small page that tells nothing else', async (kind, code) => {
    const fail = async () => {
      throw new StorageError(kind, 'secret');
    };
    const server = await startHttpServer({ site: site({}, { stat: fail }) });
    const response = await fetch(`${server.url}/a`);
    expect(response.status).toBe(code);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const body = await response.text();
    expect(body).toContain(`<small>${code}</small>`);
    expect(body).not.toContain('secret');
    expect(server.logged).toHaveLength(1);
  });

  test('S24: a fault of the storage is a 500 and a line in the log, and the connection goes on', async () => {
    let calls = 0;
    const memory = new MemoryFileSystem({ files: { '/a': TEXT } });
    const server = await startHttpServer({
      site: site(
        {},
        {
          stat: (path) => {
            calls += 1;
            if (calls === 1) throw new TypeError('a mistake');
            return memory.stat(path);
          },
          read: (path, options) => memory.read(path, options),
        },
      ),
    });
    const client = await RawClient.connect(server);
    client.request('GET /a');
    await client.until('</html>');
    client.request('GET /a');
    expect(await client.until(TEXT)).toMatch(/^HTTP\/1\.1 500 .*HTTP\/1\.1 200 /s);
    expect(server.logged[0]).toMatch(/ error request failed request="GET \/a" error="TypeError: a mistake/);
  });

  test('S8: nothing above the root is', async () => {
    const directory = await temporaryDirectory();
    const root = join(directory, 'root');
    await mkdir(root);
    await writeFile(join(directory, 'secret'), 'secret');
    const server = await startHttpServer({ root });
    for (const [target, expected] of [
      ['/../secret', 404],
      ['/%2e%2e/secret', 404],
      ['/x/%2e%2e/%2e%2e/secret', 404],
      ['/..%2fsecret', 400],
      ['/%2e%2e%2fsecret', 400],
      ['/..\\secret', 404],
      ['/..%5csecret', 404],
      ['/secret%00', 400],
      ['/%00', 400],
      ['//secret', 404],
      [`/${root}`, 404],
      ['http://127.0.0.1/../secret', 404],
      ['/%c0%ae%c0%ae/secret', 404],
      ['/%252e%252e/secret', 404],
    ] as const) {
      const { code, body } = await ask(server, `GET ${target}`);
      expect([target, code]).toEqual([target, expected]);
      expect(body).not.toBe('secret');
    }
    // The root is above itself, as in every file system.
    expect((await ask(server, 'GET /../')).code).toBe(200);
  });

  test.each([
    ['inside', 200, 403],
    ['deny', 403, 403],
    ['follow', 200, 200],
  ] as const)('S9: links are treated as the policy %s says', async (symlinks, inside, outside) => {
    const directory = await temporaryDirectory();
    const root = join(directory, 'root');
    await mkdir(root);
    await writeFile(join(directory, 'outer'), '');
    await writeFile(join(root, 'inner'), '');
    await symlink('inner', join(root, 'in'));
    await symlink('../outer', join(root, 'out'));
    const server = await startHttpServer({ root, symlinks });
    expect((await fetch(`${server.url}/in`)).status).toBe(inside);
    expect((await fetch(`${server.url}/out`)).status).toBe(outside);
    const page = await (await fetch(server.url)).text();
    expect(page.includes('href="in"')).toBe(inside === 200);
    expect(page.includes('href="out"')).toBe(outside === 200);
  });

  test('uploads under way are neither shown nor sent', async () => {
    const root = await temporaryDirectory();
    const name = temporaryName();
    await writeFile(join(root, name), 'half');
    const server = await startHttpServer({ root });
    expect((await fetch(`${server.url}/${name}`)).status).toBe(404);
    expect(await (await fetch(server.url)).text()).not.toContain('upload');
  });

  test.skipIf(process.getuid?.() === 0)('a file that the server may not read is a 403', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'a'), '');
    await chmod(join(root, 'a'), 0);
    const server = await startHttpServer({ root });
    expect((await fetch(`${server.url}/a`)).status).toBe(403);
  });
});

test('Every answer is free of the name and version of the software.', async () => {
  const server = await startHttpServer({ site: site({ '/a': TEXT }) });
  for (const line of ['GET /', 'GET /a', 'GET /x', 'PUT /x', 'GET /%']) {
    const { head } = await ask(server, line);
    expect(head).not.toMatch(/^(?:Server|X-Powered-By)|ohai|node/im);
    expect(head).toMatch(/^X-Content-Type-Options: nosniff\r$/m);
    expect(head).toMatch(/^Referrer-Policy: no-referrer\r$/m);
  }
});

test('A file that becomes shorter while it is sent breaks the connection.', async () => {
  const root = await temporaryDirectory();
  const path = join(root, 'a');
  await writeFile(path, Buffer.alloc(32 * 1024 * 1024));
  const server = await startHttpServer({ root });
  const request = get(`${server.url}/a`, { agent: false });
  // Told to the request as well when the reset arrives as one, and not as an end that comes too early.
  request.on('error', () => {});
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await truncate(path, 1024 * 1024);
  let octets = 0;
  const reading = (async () => {
    for await (const chunk of response) octets += chunk.length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(octets).toBeLessThan(32 * 1024 * 1024);
  await server.served[0];
  expect(server.logged).toEqual([expect.stringMatching(/ code=200 octets=\d+ address=127\.0\.0\.1 broken=true\n$/)]);
});
