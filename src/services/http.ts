import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Place } from '../runtime/board.ts';
import { lastWords } from '../runtime/last-words.ts';
import type { ControlConnection, JsonValue, Service, ServiceHost } from '../runtime/service.ts';
import { DiskFileSystem } from '../storage/disk.ts';
import { rememberUnixNames } from '../storage/unix-names.ts';
import type { Site } from './http-answer.ts';
import { HttpConnection } from './http-connection.ts';
import { HttpError, METHOD_NOT_ALLOWED, rawRefusal } from './http-errors.ts';
// Types only: units get options that are checked already, and are spared loading what checks them.
import type { CheckedHttpServiceOptions } from './http-options.ts';
import { createLog, type Log } from './log.ts';

/** What an HTTP service is made of. */
export interface HttpServiceParts extends Pick<CheckedHttpServiceOptions, 'timeouts' | 'maxHeaderBytes'> {
  readonly site: Site;
  readonly log: Log;
  /** Closes what was opened for this service alone. */
  readonly dispose?: () => void;
}

/**
 * The recipe's entry: makes the service from options that httpServiceSpec has checked.
 * @param host.place where it runs, for people who look at a directory.
 */
export async function createService(
  options: JsonValue,
  { place }: Partial<Pick<ServiceHost, 'place'>> = {},
): Promise<HttpService> {
  const { root, symlinks, index, log, ...rest } = options as unknown as CheckedHttpServiceOptions;
  const storage = new DiskFileSystem({ root, symlinks });
  return new HttpService({
    ...rest,
    site: { storage, index, place: place && inWords(place) },
    log: createLog(log),
    dispose: () => storage.close(),
  });
}

/** The storage wants to know the owners of files. */
export function beforeConfinement(): void {
  rememberUnixNames();
}

/** Files and directories over HTTP/1.1, to be read, for any number of clients, in this process and thread. */
export class HttpService implements Service {
  readonly #site: Site;
  readonly #log: Log;
  readonly #server: Server;
  readonly #connections = new Map<Socket, HttpConnection>();
  readonly #dispose: () => void;
  #draining = false;

  constructor({ site, timeouts, maxHeaderBytes, log, dispose }: HttpServiceParts) {
    this.#site = site;
    this.#log = log;
    this.#dispose = dispose ?? (() => {});
    this.#server = this.#parser(timeouts, maxHeaderBytes);
  }

  serve(connection: ControlConnection): Promise<void> {
    if (this.#draining) return this.refuse(connection);
    const { stream } = connection;
    const served = new HttpConnection(connection, this.#site, this.#log);
    connection.seat.activity = () => served.activity;
    this.#connections.set(stream, served);
    this.#server.emit('connection', stream);
    return served.ended.then(() => void this.#connections.delete(stream));
  }

  /** Tells a client that it cannot be served now. Fulfilled when its connection is closed. */
  refuse({ stream }: Pick<ControlConnection, 'stream'>): Promise<void> {
    return lastWords(stream, rawRefusal(new HttpError(503)));
  }

  drain(): void {
    this.#draining = true;
    for (const connection of this.#connections.values()) connection.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const stream of this.#connections.keys()) stream.destroy();
    this.#dispose();
  }

  /** A server of Node that never listens: it is given its connections, and makes requests of what comes over them. */
  #parser(timeouts: HttpServiceParts['timeouts'], maxHeaderBytes: number): Server {
    const { headersMs, requestMs, keepAliveMs, stallMs } = timeouts;
    const server = createServer({
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: Math.min(headersMs, 1_000),
    });
    server.timeout = stallMs;
    // A client may end its side with its request, and waits for the answer then. The types do not know this one.
    (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;

    const receive = (request: IncomingMessage, response: ServerResponse) =>
      this.#connections.get(request.socket)?.receive(request, response);
    server.on('request', receive);
    // Whoever asks first whether to send a body is spared that.
    server.on('checkContinue', receive);
    server.on('connect', ({ socket }) => this.#connections.get(socket)?.refuse(METHOD_NOT_ALLOWED));
    server.on('clientError', (error, stream) => {
      const refusal = refusalOfUnreadable(error);
      if (refusal) this.#connections.get(stream as Socket)?.refuse(refusal);
      else stream.destroy();
    });
    // From this on, the timeouts for headers and requests are watched over.
    server.emit('listening');
    return server;
  }
}

/** @param error of Node's parser, its timers or the socket. @returns undefined when there is nobody left to tell. */
function refusalOfUnreadable({ code = '' }: NodeJS.ErrnoException): HttpError | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return new HttpError(431);
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new HttpError(408);
  return code.startsWith('HPE_') ? new HttpError(400) : undefined;
}

function inWords({ process, thread }: Place): string {
  return `process ${process}${thread === undefined ? '' : `, thread ${thread}`}`;
}
