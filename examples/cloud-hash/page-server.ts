import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Runner } from '../../src/index.ts';
import { experiment } from './experiment.ts';
import { pageHtml, panelHtml, tabsHtml } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { emptyPicture, lostPercent, type Picture, withObservation } from './picture.ts';

const KEYS = 40;
const WORKERS = 4;
const AT_A_TIME = 4;
/** Between one wave of clients and the next: slow enough to be watched. */
const PACE_MS = 60;
/** Between two pictures. */
const FRAME_MS = 40;

const sourceHash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const HEADERS = {
  'Content-Security-Policy': `default-src 'none'; script-src ${sourceHash(PAGE_SCRIPT)}; style-src ${sourceHash(PAGE_STYLE)}; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Shows what happens to the hash, under each architecture, to a person with a browser on this machine. */
export class PageServer implements AsyncDisposable {
  readonly #architectures: readonly Runner[];
  readonly #paceMs: number;
  readonly #server: Server;
  readonly #results = new Map<string, number>();
  readonly #closing = new AbortController();
  /** Fulfilled when no experiment runs: two at a time would be in each other's way, and in the way of the machine. */
  #idle: Promise<unknown> = Promise.resolve();

  private constructor(architectures: readonly Runner[], paceMs: number) {
    this.#architectures = architectures;
    this.#paceMs = paceMs;
    this.#server = createServer((request, response) => {
      this.#respond(request, response).catch((error: Error) => {
        if (!response.headersSent) response.writeHead(500, HEADERS);
        response.end(error.message);
      });
    });
  }

  /**
   * Listens on the loopback interface only: whoever sees the page can start processes.
   * @param port 0…65535; 0 lets the system choose. @param paceMs between one wave of clients and the next, when somebody
   *   watches. @throws the error of listen(2).
   */
  static async start(architectures: readonly Runner[], port: number, paceMs = PACE_MS): Promise<PageServer> {
    const page = new PageServer(architectures, paceMs);
    page.#server.listen({ host: '127.0.0.1', port });
    await once(page.#server, 'listening');
    return page;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Ends the experiment that runs. Fulfilled when nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#idle;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isFromThisPage(request)) return respondText(response, 403, 'Only this page may ask for that.');
    if (request.method !== 'GET') return respondText(response, 405, 'There is nothing to be changed.');
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const wanted = searchParams.get('architecture');
    const selected = this.#architectures.find(({ name }) => name === (wanted ?? 'prefork'));
    if (!selected) return respondText(response, 404, 'There is no such architecture.');
    if (pathname === '/run') return this.#stream(response, selected);
    if (pathname !== '/') return respondText(response, 404, 'There is no such page.');
    await this.#show(response, selected, { run: searchParams.has('run'), start: wanted !== null });
  }

  async #show(
    response: ServerResponse,
    selected: Runner,
    { run, start }: { readonly run: boolean; readonly start: boolean },
  ): Promise<void> {
    let picture = emptyPicture(KEYS);
    if (run) for await (const next of this.#pictures(selected, response, 0)) picture = next;
    const content = { architectures: this.#architectures, selected, picture, results: this.#results };
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html; charset=utf-8' });
    response.end(pageHtml({ ...content, start: start && !run }));
  }

  /** Picture after picture, as server-sent events. */
  async #stream(response: ServerResponse, selected: Runner): Promise<void> {
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/event-stream' });
    const send = (event: string, data: string) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    let shownAt = Number.NEGATIVE_INFINITY;
    let last = emptyPicture(KEYS);
    try {
      for await (const picture of this.#pictures(selected, response, this.#paceMs)) {
        last = picture;
        if (performance.now() - shownAt < FRAME_MS) continue;
        shownAt = performance.now();
        send('message', panelHtml(selected.name, picture));
      }
      send('message', panelHtml(selected.name, last));
      send('tabs', tabsHtml(this.#architectures, selected, this.#results));
    } catch (error) {
      send('trouble', (error as Error).message);
    }
    response.end();
  }

  /** One experiment, when the others are over; it ends when nobody watches any more. */
  async *#pictures(runner: Runner, watcher: ServerResponse, paceMs: number): AsyncGenerator<Picture> {
    const before = this.#idle;
    let over!: () => void;
    this.#idle = new Promise<void>((resolve) => {
      over = resolve;
    });
    const left = new AbortController();
    watcher.once('close', () => left.abort());
    const signal = AbortSignal.any([left.signal, this.#closing.signal]);
    try {
      await before;
      signal.throwIfAborted();
      let picture = emptyPicture(KEYS);
      const options = { keys: KEYS, workers: WORKERS, atATime: AT_A_TIME, paceMs, signal };
      for await (const observation of experiment(runner, options)) {
        picture = withObservation(picture, observation);
        yield picture;
      }
      this.#results.set(runner.name, lostPercent(picture) ?? 0);
    } finally {
      over();
    }
  }
}

/** Pages from elsewhere, whose script or image points here, cannot start anything: neither by address nor by a name of theirs. */
function isFromThisPage({ headers, socket }: IncomingMessage): boolean {
  const names = ['127.0.0.1', 'localhost'].map((name) => `${name}:${socket.localPort}`);
  return (
    names.includes(headers.host ?? '') &&
    headers['sec-fetch-site'] !== 'cross-site' &&
    headers['sec-fetch-site'] !== 'same-site'
  );
}

function respondText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}
