import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readableSize } from '../../src/services/http-directory-page.ts';
import type { DirectoryEntry } from '../../src/storage/file-system.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { ask, RawClient, startHttpServer } from '../support/http-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const linksOf = (page: string) =>
  [...page.slice(page.indexOf('<tbody>')).matchAll(/<a href="([^"]*)">/g)].map(([, href]) => href!);

/** A page in memory of a directory with these files. */
async function startSite(files: Record<string, string>, options: { index?: boolean; place?: string } = {}) {
  const { index = false, place } = options;
  return startHttpServer({ site: { storage: new MemoryFileSystem({ files }), index, place } });
}

describe('the page of a directory', () => {
  test('is a page that needs nothing else', async () => {
    const server = await startSite({ '/a': '' });
    const response = await fetch(server.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'unsafe-inline';/);
    const page = await response.text();
    expect(page).toMatch(/^<!DOCTYPE html>.*<\/html>\n$/s);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).not.toMatch(/<script|https?:|@import|url\(/);
  });

  test('has directories first, and numbers in the order in which people count', async () => {
    const server = await startSite({ '/b10': '', '/b9': '', '/A': '', '/ü': '', '/z/1': '', '/c/1': '' });
    const page = await (await fetch(server.url)).text();
    expect(linksOf(page)).toEqual(['c/', 'z/', 'A', 'b9', 'b10', '%C3%BC']);
    expect(page).toContain('2 folders, 4 files, 0 B');
  });

  test('shows the way from the root, the parent, sizes and times', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'a b', 'c'), { recursive: true });
    await writeFile(join(root, 'a b', 'c', 'file'), Buffer.alloc(1234));
    const server = await startHttpServer({ root, place: 'reactor <1>' });
    const page = await (await fetch(`${server.url}/a%20b/c/`)).text();
    expect(page).toContain('<a href="/">Files</a><i>/</i><a href="/a%20b/"><bdi>a b</bdi></a><i>/</i><bdi>c</bdi>');
    expect(linksOf(page)).toEqual(['/a%20b/', 'file']);
    expect(page).toContain('<span title="1234 octets">1.2 kB</span>');
    expect(page).toMatch(/<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\dZ">\d{4}-\d\d-\d\d \d\d:\d\d<\/time>/);
    expect(page).toContain('1 file, 1.2 kB · reactor &lt;1&gt;</footer>');
  });

  test('says so when it is empty', async () => {
    const server = await startSite({});
    expect(await (await fetch(server.url)).text()).toContain('This folder is empty');
  });

  test('has links that work, whatever the names', async () => {
    const root = await temporaryDirectory();
    const names = [
      '<b>&"\'',
      '%2e%2e',
      'a?b#c',
      '..a',
      ' ',
      'x:y',
      'javascript:alert(1)',
      'ü',
      '\\',
      'a\tb',
      'e\u202etxt',
    ];
    for (const name of names) await writeFile(join(root, name), name);
    await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from('6c6174696efc', 'hex')]), 'latin1');
    const server = await startHttpServer({ root });
    const page = await (await fetch(server.url)).text();
    expect(page).not.toMatch(/<b>|[\u202e\t]/);
    const contents = await Promise.all(
      linksOf(page).map(async (href) => (await fetch(new URL(href, `${server.url}/`))).text()),
    );
    expect(contents.sort()).toEqual([...names, 'latin1'].sort());
  });

  test('shows a name with a line end, and has no link to it', async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, 'a\nb'), '');
    const server = await startHttpServer({ root });
    const page = await (await fetch(server.url)).text();
    expect(page).toContain('<bdi>a\ufffdb</bdi>');
    expect(linksOf(page)).toEqual([]);
  });

  test('shows links as what they lead to, and none that leads nowhere', async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'file'), Buffer.alloc(5000));
    await symlink('folder', join(root, 'to-folder'));
    await symlink('file', join(root, 'to-file'));
    await symlink('nothing', join(root, 'to-nothing'));
    await symlink('loop', join(root, 'loop'));
    const server = await startHttpServer({ root });
    const page = await (await fetch(server.url)).text();
    expect(linksOf(page)).toEqual(['folder/', 'to-folder/', 'file', 'to-file']);
    expect(page.match(/5\.0 kB/g)).toHaveLength(2);
  });

  test('is asked for with a slash at the end', async () => {
    const server = await startSite({ '/a b/c/file': '' });
    for (const [target, location] of [
      ['/a%20b', '/a%20b/'],
      ['/a%20b/c?x=1', '/a%20b/c/'],
      ['//a%20b', '/a%20b/'],
      ['/x/..//a%20b/c', '/a%20b/c/'],
    ]) {
      const { code, head } = await ask(server, `GET ${target}`);
      expect(code).toBe(301);
      expect(head).toContain(`Location: ${location}\r\n`);
    }
    expect((await fetch(`${server.url}/a%20b`)).url).toBe(`${server.url}/a%20b/`);
  });

  test('is no page of another host, wherever one is sent', async () => {
    const server = await startSite({ '/evil.example/x/file': '' });
    const { code, head } = await ask(server, 'GET //evil.example//x');
    expect(code).toBe(301);
    expect(head).toContain('Location: /evil.example/x/\r\n');
  });

  test('makes way for index.html only when that is wanted', async () => {
    const files = { '/a/index.html': '<p>own', '/b/file': '', '/c/index.html/file': '' };
    const own = await startSite(files, { index: true });
    expect(await (await fetch(`${own.url}/a/`)).text()).toBe('<p>own');
    expect((await fetch(`${own.url}/a/`)).headers.get('content-security-policy')).toBe('sandbox');
    expect(linksOf(await (await fetch(`${own.url}/b/`)).text())).toEqual(['/', 'file']);
    expect(linksOf(await (await fetch(`${own.url}/c/`)).text())).toEqual(['/', 'index.html/']);
    const listed = await startSite(files);
    expect(linksOf(await (await fetch(`${listed.url}/a/`)).text())).toEqual(['/', 'index.html']);
  });

  test('a file has none', async () => {
    const server = await startSite({ '/file': '' });
    expect((await fetch(`${server.url}/file/`)).status).toBe(404);
    expect((await fetch(`${server.url}/file/x`)).status).toBe(404);
  });
});

describe('a directory of very many entries', () => {
  /** Endless, and counts what was taken of it. */
  class EndlessFileSystem extends MemoryFileSystem {
    taken = 0;
    closed = false;

    override async *list(): AsyncGenerator<readonly DirectoryEntry[]> {
      try {
        for (;;) {
          this.taken += 128;
          yield Array.from({ length: 128 }, (_, index) => ({ name: `${this.taken}-${index}`, type: 'file' as const }));
        }
      } finally {
        this.closed = true;
      }
    }
  }

  test('is sent as it is read, and read no faster than the client takes it', async () => {
    const storage = new EndlessFileSystem();
    const server = await startHttpServer({ site: { storage, index: false } });
    const client = await RawClient.connect(server);
    client.request('GET /');
    expect(await client.until('href="128-0"')).toContain('they come in no order');
    client.socket.pause();
    // Goes on until the buffers of the kernel are full, and then stands still.
    for (let before = -1; before !== storage.taken; ) {
      before = storage.taken;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(storage.closed).toBe(false);
    client.socket.destroy();
    await server.served[0];
    expect(storage.closed).toBe(true);
  });

  test('is let go of after a HEAD', async () => {
    const storage = new EndlessFileSystem();
    const server = await startHttpServer({ site: { storage, index: false } });
    expect(await ask(server, 'HEAD /')).toMatchObject({ code: 200, body: '' });
    await server.served[0];
    expect(storage.closed).toBe(true);
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1234, '1.2 kB'],
  [9949, '9.9 kB'],
  [9950, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [5_368_709_120, '5.4 GB'],
  [Number.MAX_SAFE_INTEGER, '9.0 PB'],
  [1e20, '100000 PB'],
])('%i octets are %s.', (octets, text) => {
  expect(readableSize(octets)).toBe(text);
});
