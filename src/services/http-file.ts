import { baseName } from '../protocol/virtual-path.ts';
import type { FileStatus, FileSystem, ReadableFile } from '../storage/file-system.ts';
import { readChunks } from '../transfer/send.ts';
import type { Answer, Question } from './http-answer.ts';
import {
  evaluateConditions,
  rangeApplies,
  type Validators,
  validatorHeaders,
  validatorsOf,
} from './http-conditions.ts';
import { contentTypeOf } from './http-content-types.ts';
import { HttpError } from './http-errors.ts';
import { type OctetRange, parseRange } from './http-range.ts';

/** How often a file may be exchanged while it is being opened before its request is turned away. */
const ATTEMPTS = 3;

/**
 * Answers a request for a file: whole, in part, or not at all since the client has it already.
 * @param status what stat says of `path`.
 * @throws HttpError 412, 416, or 503 for a file that keeps changing; StorageError.
 */
export async function fileAnswer(
  storage: FileSystem,
  path: string,
  status: FileStatus,
  question: Question,
): Promise<Answer> {
  let current = status;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const validators = validatorsOf(current);
    const verdict = evaluateConditions(question.headers, validators);
    if (verdict === 'precondition-failed') throw new HttpError(412);
    if (verdict === 'not-modified') return { code: 304, headers: fileHeaders(validators) };

    const range = rangeOf(question, validators, current.size);
    const file = await storage.read(path, { start: range?.first ?? 0 });
    // A new version may have come between stat and read. It must not go out under the tag of the old one: caches would
    // keep it so, and a broken download would be resumed with the rest of another file.
    current = await statBehind(file, storage, path);
    if (validatorsOf(current).etag === validators.etag) {
      return contentAnswer(file, path, validators, current.size, range);
    }
    await file.close();
  }
  throw new HttpError(503);
}

function contentAnswer(
  file: ReadableFile,
  path: string,
  validators: Validators,
  size: number,
  range: OctetRange | undefined,
): Answer {
  const length = range ? range.last - range.first + 1 : size;
  const type = contentTypeOf(baseName(path));
  return {
    code: range ? 206 : 200,
    headers: {
      'Content-Type': type,
      'Content-Length': length,
      ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${size}` }),
      ...fileHeaders(validators),
      ...(type !== SHOWN_BY_PLUG_IN && { 'Content-Security-Policy': 'sandbox' }),
    },
    body: { chunks: readChunks(file, length), [Symbol.asyncDispose]: () => file.close() },
  };
}

/**
 * Chromium shows no PDF in a sandbox. It needs none: what runs in a PDF has no access to the origin that it came from,
 * which is what the sandbox keeps pages and pictures with scripts from.
 */
const SHOWN_BY_PLUG_IN = 'application/pdf';

function fileHeaders(validators: Validators) {
  return {
    ...validatorHeaders(validators),
    'Accept-Ranges': 'bytes',
    // Kept, but asked for anew every time, since a file can be exchanged at any moment.
    'Cache-Control': 'no-cache',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/** @returns undefined for the whole file. Ranges are there for GET alone (RFC 9110 section 14.2). */
function rangeOf({ method, headers }: Question, validators: Validators, size: number): OctetRange | undefined {
  if (method !== 'GET' || !rangeApplies(headers, validators)) return undefined;
  const range = parseRange(headers.range, size);
  if (range === 'unsatisfiable') throw new HttpError(416, { 'Content-Range': `bytes */${size}` });
  return range === 'all' ? undefined : range;
}

async function statBehind(file: ReadableFile, storage: FileSystem, path: string): Promise<FileStatus> {
  try {
    return await storage.stat(path);
  } catch (error) {
    await file.close();
    throw error;
  }
}
