/** Conditional requests: RFC 9110 section 13, with the validators of section 8.8. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FileStatus } from '../storage/file-system.ts';

/** What tells one version of a file from another. */
export interface Validators {
  /** In quotes, as in the ETag header. */
  readonly etag: string;
  /** Milliseconds since the epoch, whole seconds; undefined for a time that HTTP cannot write. */
  readonly lastModifiedMs: number | undefined;
}

const EARLIEST_MS = Date.parse('0001-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59Z');

/** @param nowMs milliseconds since the epoch: no file was modified later, whatever its time says (section 8.8.2.1). */
export function validatorsOf({ id = '', size, modifiedMs }: FileStatus, nowMs: number = Date.now()): Validators {
  // Hashed, since numbers of inodes are nobody's business.
  const digest = createHash('sha256').update(`${id} ${size} ${modifiedMs}`).digest('base64url').slice(0, 22);
  const ms = Math.floor(Math.min(modifiedMs, nowMs) / 1000) * 1000;
  return { etag: `"${digest}"`, lastModifiedMs: ms >= EARLIEST_MS && ms <= LATEST_MS ? ms : undefined };
}

/** Headers that carry the validators. */
export function validatorHeaders({ etag, lastModifiedMs }: Validators) {
  return {
    ETag: etag,
    ...(lastModifiedMs !== undefined && { 'Last-Modified': new Date(lastModifiedMs).toUTCString() }),
  };
}

/** Evaluates the conditions of a GET or HEAD in the order of section 13.2.2. */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  { etag, lastModifiedMs }: Validators,
): 'proceed' | 'not-modified' | 'precondition-failed' {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!lists(ifMatch, etag, 'strong')) return 'precondition-failed';
  } else if (isLater(lastModifiedMs, parseHttpDate(headers['if-unmodified-since']))) {
    return 'precondition-failed';
  }
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return lists(ifNoneMatch, etag, 'weak') ? 'not-modified' : 'proceed';
  const since = parseHttpDate(headers['if-modified-since']);
  return since !== undefined && lastModifiedMs !== undefined && !isLater(lastModifiedMs, since)
    ? 'not-modified'
    : 'proceed';
}

/** Whether a Range header counts: without If-Range, or when that names the version that there is (section 13.1.5). */
export function rangeApplies(headers: IncomingHttpHeaders, { etag, lastModifiedMs }: Validators): boolean {
  const condition = headers['if-range'] as string | undefined;
  if (condition === undefined) return true;
  if (/^(?:W\/)?"/.test(condition)) return condition === etag;
  return lastModifiedMs !== undefined && parseHttpDate(condition) === lastModifiedMs;
}

/** Our own tags are all strong; of those of the client, the weak ones do not count in a strong comparison. */
function lists(header: string, etag: string, comparison: 'strong' | 'weak'): boolean {
  if (header.trim() === '*') return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => (comparison === 'weak' ? tag.replace(/^W\//, '') : tag) === etag);
}

function isLater(ms: number | undefined, limitMs: number | undefined): boolean {
  return ms !== undefined && limitMs !== undefined && ms > limitMs;
}

/** The three forms of section 5.6.7. The last is that of asctime(3), and in GMT without saying so. */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC850_DATE = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const ASCTIME_DATE = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** @returns milliseconds since the epoch; undefined for what is no date, which is to be ignored. */
function parseHttpDate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const isDate = IMF_FIXDATE.test(text) || RFC850_DATE.test(text);
  const ms = isDate ? Date.parse(text) : ASCTIME_DATE.test(text) ? Date.parse(`${text} GMT`) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
