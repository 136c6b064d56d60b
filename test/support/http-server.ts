import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ControlConnection } from '../../src/runtime/service.ts';
import { HttpService, type HttpServiceParts } from '../../src/services/http.ts';
import { checkHttpServiceOptions, type HttpServiceOptions } from '../../src/services/http-options.ts';
import { createLog } from '../../src/services/log.ts';
import { DiskFileSystem } from '../../src/storage/disk.ts';
import { MemoryFileSystem } from '../../src/storage/memory.ts';
import { seat } from './seat.ts';

export interface HttpTestServer {
  readonly service: HttpService;
  readonly port: number;
  /** Without a slash at its end. */
  readonly url: string;
  /** Lines of the log. */
  readonly logged: string[];
  /** What serve() returned, one for each client. */
  readonly served: Promise<void>[];
  readonly connections: ControlConnection[];
}

type Options = Partial<HttpServiceOptions> & Partial<Pick<HttpServiceParts, 'site'>> & { place?: string };

/** The service behind a bare server of its own, which hands over what it accepts and does nothing else. */
export async function startHttpServer({ site, place, ...options }: Options = {}): Promise<HttpTestServer> {
  const { root, symlinks, index, timeouts, maxHeaderBytes } = checkHttpServiceOptions({ root: '/', ...options });
  const disk = new DiskFileSystem({ root, symlinks });
  const logged: string[] = [];
  const service = new HttpService({
    timeouts,
    maxHeaderBytes,
    site: site ?? { storage: options.root === undefined ? new MemoryFileSystem() : disk, index, place },
    log: createLog({ level: 'info', format: 'text', write: (line) => logged.push(line) }),
    dispose: () => disk.close(),
  });
  const served: Promise<void>[] = [];
  const connections: ControlConnection[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (stream) => {
    stream.on('error', () => {});
    const end = (address?: string, port?: number) => ({ address: address ?? '', port: port ?? 0 });
    const connection: ControlConnection = {
      stream,
      local: end(stream.localAddress, stream.localPort),
      remote: end(stream.remoteAddress, stream.remotePort),
      entrance: 0,
      seat: seat(String(connections.length)),
    };
    connections.push(connection);
    served.push(service.serve(connection));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    for (const { stream } of connections) stream.destroy();
    server.close();
    await Promise.all(served);
    await service[Symbol.asyncDispose]();
  });
  const { port } = server.address() as AddressInfo;
  return { service, port, url: `http://127.0.0.1:${port}`, logged, served, connections };
}

/** A client that speaks octets, and is gone when the test ends. */
export class RawClient {
  readonly socket: Socket;
  #received = '';
  /** What the socket failed with. */
  error: NodeJS.ErrnoException | undefined;
  readonly #closed: Promise<void>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text) => (this.#received += text));
    socket.on('error', (error) => (this.error = error));
    this.#closed = new Promise((resolve) => socket.once('close', () => resolve()));
    onTestFinished(() => void socket.destroy());
  }

  static async connect({ port }: Pick<HttpTestServer, 'port'>): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Sends a request with the headers that HTTP/1.1 needs. */
  request(line: string, headers: Readonly<Record<string, string>> = {}): void {
    const fields = Object.entries({ Host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.send(`${line} HTTP/1.1\r\n${fields.join('')}\r\n`);
  }

  get received(): string {
    return this.#received;
  }

  /** Waits until what was received matches. @returns all of it. */
  async until(pattern: RegExp | string): Promise<string> {
    const isThere = () =>
      typeof pattern === 'string' ? this.#received.includes(pattern) : pattern.test(this.#received);
    while (!isThere()) {
      await Promise.race([once(this.socket, 'data'), this.#closed]);
      if (this.socket.destroyed && !isThere()) throw new Error(`closed after ${JSON.stringify(this.#received)}`);
    }
    return this.#received;
  }

  /** Waits for the end of what the server sends. @returns all that was received. */
  async untilEnd(): Promise<string> {
    if (!this.socket.readableEnded) {
      await Promise.race([new Promise((resolve) => this.socket.once('end', resolve)), this.#closed]);
    }
    this.socket.end();
    return this.#received;
  }
}

/** One answer over a connection of its own; the socket is at its end then. */
export async function ask(
  server: Pick<HttpTestServer, 'port'>,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly head: string; readonly body: string }> {
  const client = await RawClient.connect(server);
  client.request(line, { Connection: 'close', ...headers });
  const text = await client.untilEnd();
  const end = text.indexOf('\r\n\r\n');
  return { code: Number(text.slice(9, 12)), head: text.slice(0, end + 2), body: text.slice(end + 4) };
}
