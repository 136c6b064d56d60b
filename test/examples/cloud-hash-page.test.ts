import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { architectures } from 'ohai-ftpd/architectures';
import { expect, onTestFinished, test } from 'vitest';
import { emptyPicture, lostPercent, withObservation } from '../../examples/cloud-hash/picture.ts';
import { BUILT } from './built-example.ts';

const { PageServer } = (await import(
  join(BUILT, 'page-server.js')
)) as typeof import('../../examples/cloud-hash/page-server.ts');

/** Enough for some pictures before the last one. */
const PACE_MS = 10;

async function start(): Promise<string> {
  const page = await PageServer.start(architectures, 0, PACE_MS);
  onTestFinished(() => page.close());
  return page.url;
}

/** With headers that fetch() does not let one choose. */
async function ask(url: string, headers: Record<string, string>, method = 'GET') {
  const asked = request(url, { headers, method }).end();
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode as number;
}

test('the page has a link to each architecture, says why, and loads nothing from elsewhere', async () => {
  const response = await fetch(await start());
  expect(response.status).toBe(200);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'sha256-/);
  const html = await response.text();
  for (const { name } of architectures) expect(html).toContain(`href="/?architecture=${name}"`);
  expect(html).toContain('One hash for each process');
  expect(html).toContain('data-start="false"');
  expect(html).not.toMatch(/(?:src|href)="(?!\/\?architecture=|data:,")/);
});

test('without a script, the page comes with the experiment done', async () => {
  const html = await (await fetch(`${await start()}?architecture=thread-pool&run=1`)).text();
  expect(html.match(/class="(?:found|lost)" x=/g)).toHaveLength(40);
  expect(html).toContain(`<h4>process ${process.pid}</h4>`);
  expect(html).toMatch(/<h4>thread \d+<\/h4>/);
});

test('with one, it shows the experiment while it runs, and then what has come of it', async () => {
  const response = await fetch(`${await start()}run?architecture=reactor`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events = (await response.text()).trimEnd().split('\n\n').map(parseEvent);
  expect(events.length).toBeGreaterThan(4);
  expect(events.at(-1)).toMatchObject({
    event: 'tabs',
    data: expect.stringContaining('<span class="good">0 %</span>'),
  });
  expect(events.at(-2)).toMatchObject({ event: 'message', data: expect.stringContaining('40 of 40 GETs found') });
});

test('nobody but the page itself can start anything', async () => {
  const url = `${await start()}run?architecture=reactor`;
  expect(await ask(url, { 'sec-fetch-site': 'cross-site' })).toBe(403);
  expect(await ask(url, { 'sec-fetch-site': 'same-site' })).toBe(403);
  expect(await ask(url, { host: 'rebound.example' })).toBe(403);
  expect(await ask(url, {}, 'POST')).toBe(405);
  expect(await ask(`${new URL(url).origin}/?architecture=none`, {})).toBe(404);
  expect(await ask(`${new URL(url).origin}/elsewhere`, {})).toBe(404);
});

test('the experiment ends with the one who watches, and the next one begins', async () => {
  const url = await start();
  const left = new AbortController();
  const watched = await fetch(`${url}run?architecture=prefork`, { signal: left.signal });
  await watched.body!.getReader().read();
  left.abort();
  expect(await (await fetch(`${url}?architecture=serial&run=1`)).text()).toContain('40 of 40 GETs found');
});

test('a picture counts what was found where', () => {
  const place = { process: 1, thread: 0 };
  const other = { process: 2, thread: 0 };
  const picture = [
    { request: 'SET', key: 1, place, keys: 1, found: true } as const,
    { request: 'SET', key: 2, place: other, keys: 1, found: true } as const,
    { request: 'GET', key: 1, place, keys: 1, found: true } as const,
    { request: 'GET', key: 2, place, keys: 1, found: false } as const,
  ].reduce(withObservation, emptyPicture(2));
  expect(picture.units).toEqual([
    { place, stored: [1], asked: 2, found: 1 },
    { place: other, stored: [2], asked: 0, found: 0 },
  ]);
  expect(lostPercent(picture)).toBe(50);
  expect(lostPercent(emptyPicture(2))).toBeUndefined();
});

function parseEvent(text: string) {
  const { event, data } = /^event: (?<event>.*)\ndata: (?<data>.*)$/.exec(text)!.groups!;
  return { event, data: JSON.parse(data!) as string };
}
