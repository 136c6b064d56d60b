/** Refusals and failures: which status code each has, and the small page that says so. */
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import { StorageError, type StorageErrorKind } from '../storage/storage-error.ts';
import { htmlPage, PAGE_HEADERS } from './http-page.ts';

/** A refusal with its status code, thrown anywhere below a request. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly code: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(code: number, headers: OutgoingHttpHeaders = {}) {
    super(`${code} ${STATUS_CODES[code]}`);
    this.code = code;
    this.headers = headers;
  }
}

export const METHOD_NOT_ALLOWED = new HttpError(405, { Allow: 'GET, HEAD' });

/** What a client is told when the storage refuses or fails. */
const STORAGE_CODES: Record<StorageErrorKind, number> = {
  'not-found': 404,
  'not-a-directory': 404,
  'is-a-directory': 404,
  // No file can have such a name, so none has.
  'invalid-name': 404,
  'name-too-long': 404,
  'permission-denied': 403,
  'is-a-symlink': 403,
  'read-only': 403,
  exists: 409,
  'not-empty': 409,
  'too-large': 413,
  'not-supported': 501,
  busy: 503,
  'too-many-open-files': 503,
  'changed-while-reading': 503,
  'offset-beyond-end': 503,
  'no-space': 507,
  'over-quota': 507,
  'input-output': 500,
};

const EXPLANATIONS: Readonly<Record<number, string>> = {
  400: 'The server does not understand this request.',
  403: 'This is not for everybody to read.',
  404: 'There is nothing of that name here.',
  405: 'Files can be read here, and nothing else.',
  408: 'The request took too long to arrive.',
  412: 'The file is not the one that you have in mind.',
  416: 'The file does not reach that far.',
  431: 'The request is larger than the server reads.',
  500: 'The server could not read this.',
  503: 'The server cannot do this now; please try again later.',
};

/** Seconds after which it may be worth another try. */
const RETRY_AFTER_S = 10;

/** @returns the refusal that `error` amounts to, or undefined for a fault of the program. */
export function refusalOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof StorageError) return new HttpError(STORAGE_CODES[error.kind]);
  return undefined;
}

export interface RefusalAnswer {
  readonly code: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
}

/** The page that tells of a refusal. */
export function refusalAnswer({ code, headers }: HttpError): RefusalAnswer {
  const reason = STATUS_CODES[code] ?? 'Error';
  const content = `<h1><small>${code}</small> ${reason}</h1><p>${EXPLANATIONS[code] ?? ''}</p><p><a href="/">All files</a></p>`;
  return {
    code,
    headers: { ...PAGE_HEADERS, ...(code === 503 && { 'Retry-After': RETRY_AFTER_S }), ...headers },
    body: htmlPage(reason, content),
  };
}

/**
 * A refusal as it goes over the wire, for a connection whose request was not or could not be read. Announces the end of
 * the connection.
 */
export function rawRefusal(error: HttpError): string {
  const { headers, body } = refusalAnswer(error);
  const lines = Object.entries({
    // Can be left out of these alone (RFC 9110 section 6.6.1): their text may have been made long ago.
    ...(error.code < 500 && { Date: new Date().toUTCString() }),
    Connection: 'close',
    'Content-Length': Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.code} ${STATUS_CODES[error.code]}\r\n${lines.join('')}\r\n${body}`;
}
