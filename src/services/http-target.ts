/** Paths as they stand in URLs, and as virtual paths. */
import { joinPath, resolvePath } from '../protocol/virtual-path.ts';
import { decodeOctets, encodeOctets } from '../storage/octets.ts';
import { HttpError } from './http-errors.ts';

export interface RequestTarget {
  /** A virtual path: absolute, normalised, without a trailing slash. */
  readonly path: string;
  /** Whether it was asked for as a directory: with a slash at its end. */
  readonly asDirectory: boolean;
}

/** What no name of a file contains; decoded, a slash would be taken for a separator that the client did not write. */
const NEVER_IN_A_SEGMENT = /[\0\r\n/]/;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** What a proxy sends, and what every server has to understand (RFC 9112 section 3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/[^/?]*/i;

/**
 * Takes the target of a request line apart (RFC 9112 section 3.2). Escapes are decoded once; the query is dropped.
 * @param target as Node hands it over: a character for each octet.
 * @throws HttpError 400 for what is no path, or contains what no path can.
 */
export function parseTarget(target: string): RequestTarget {
  const [path = ''] = (target.replace(ABSOLUTE_FORM, '') || '/').split('?', 1);
  if (path !== '' && !path.startsWith('/')) throw new HttpError(400);
  const segments = path.split('/').map(decodeSegment);
  return { path: resolvePath('/', segments.join('/')), asDirectory: ['', '.', '..'].includes(segments.at(-1)!) };
}

/** @returns the path of a URL that leads to `path`: every octet escaped that is not unreserved (RFC 3986 section 2.3). */
export function encodePath(path: string): string {
  return path.split('/').map(encodeSegment).join('/');
}

/** @param name one segment, in the manner of octets.ts: the very octets of the name are escaped, UTF-8 or not. */
export function encodeSegment(name: string): string {
  return Array.from(encodeOctets(name), (octet) => ESCAPED[octet]).join('');
}

/** @returns a URL path for the directory itself, relative to nothing. Begins with one slash: `//x` would be a host. */
export function directoryUrl(path: string): string {
  return encodePath(joinPath(path, ''));
}

function decodeSegment(raw: string): string {
  if (BROKEN_ESCAPE.test(raw)) throw new HttpError(400);
  const octets = raw.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const segment = decodeOctets(Buffer.from(octets, 'latin1'));
  if (NEVER_IN_A_SEGMENT.test(segment)) throw new HttpError(400);
  return segment;
}

const ESCAPED = Array.from({ length: 256 }, (_, octet) => {
  const character = String.fromCharCode(octet);
  return /[\w.~-]/.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
});
