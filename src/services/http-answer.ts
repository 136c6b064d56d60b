/** What a GET or HEAD of these files is answered with, as a value: nothing is sent here. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { joinPath } from '../protocol/virtual-path.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import { openListing } from './http-directory.ts';
import { directoryPage } from './http-directory-page.ts';
import { HttpError, METHOD_NOT_ALLOWED } from './http-errors.ts';
import { fileAnswer } from './http-file.ts';
import { PAGE_HEADERS } from './http-page.ts';
import { directoryUrl, parseTarget } from './http-target.ts';

export interface Answer {
  readonly code: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string | Body;
}

/** Content that is made while it is sent. Whoever has the answer disposes of it, sent or not. */
export interface Body extends AsyncDisposable {
  /** Octets, or text in UTF-8. A chunk may be reused once the next one is asked for. */
  readonly chunks: AsyncIterable<Uint8Array | string>;
}

/** The files, and how they are shown. */
export interface Site {
  readonly storage: FileSystem;
  /** Whether the `index.html` of a directory is shown in its place. */
  readonly index: boolean;
  /** Where the service runs, in words, for the foot of directory pages. */
  readonly place?: string | undefined;
}

/** The part of a request that an answer depends on. */
export interface Question {
  readonly method: string;
  /** The target of the request line. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * Finds the answer. That to a HEAD is the one that a GET would get; leaving its body away is the sender's part.
 * @throws HttpError or StorageError for a refusal; anything else is a fault.
 */
export async function answerTo(question: Question, site: Site): Promise<Answer> {
  if (question.method !== 'GET' && question.method !== 'HEAD') throw METHOD_NOT_ALLOWED;
  const { path, asDirectory } = parseTarget(question.target);
  const status = await site.storage.stat(path);
  if (status.type !== 'directory') {
    if (asDirectory) throw new HttpError(404);
    return fileAnswer(site.storage, path, status, question);
  }
  if (!asDirectory) return redirection(directoryUrl(path));
  return (site.index && (await indexAnswer(path, question, site))) || directoryAnswer(path, site);
}

async function indexAnswer(directory: string, question: Question, { storage }: Site): Promise<Answer | undefined> {
  const path = joinPath(directory, 'index.html');
  try {
    const status = await storage.stat(path);
    return status.type === 'file' ? await fileAnswer(storage, path, status, question) : undefined;
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not-found') return undefined;
    throw error;
  }
}

async function directoryAnswer(path: string, { storage, place }: Site): Promise<Answer> {
  const listing = await openListing(storage, path);
  return {
    code: 200,
    headers: PAGE_HEADERS,
    body: {
      chunks: directoryPage(path, listing, place),
      [Symbol.asyncDispose]: () => listing[Symbol.asyncDispose](),
    },
  };
}

/** @param url path of the same server. Not to be remembered: a file may take the place of a directory. */
function redirection(url: string): Answer {
  return { code: 301, headers: { Location: url, 'Cache-Control': 'no-cache' }, body: '' };
}
