/** The Range header (RFC 9110 section 14). */

/** Octets of a file, both ends included. */
export interface OctetRange {
  readonly first: number;
  readonly last: number;
}

const UNIT = /^bytes=/i;
const RANGE_SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * @param header value of the Range header.
 * @param size octets in the file.
 * @returns the one range asked for; `all` when the header is to be ignored: it is wrong, of another unit, or asks for
 *   several ranges, which section 14.2 leaves to the server; `unsatisfiable` when nothing in the file is asked for.
 */
export function parseRange(header: string | undefined, size: number): OctetRange | 'all' | 'unsatisfiable' {
  if (header === undefined || !UNIT.test(header)) return 'all';
  // A list may have empty elements (section 5.6.1.2).
  const specs = header
    .replace(UNIT, '')
    .split(',')
    .map((spec) => spec.trim())
    .filter(Boolean);
  const match = specs.length === 1 ? RANGE_SPEC.exec(specs[0]!) : null;
  if (!match) return 'all';
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return lastOctets(Number(suffix), size);
  const range = { first: Number(first), last: last ? Number(last) : Number.MAX_VALUE };
  if (range.first > range.last) return 'all';
  return range.first < size ? { first: range.first, last: Math.min(range.last, size - 1) } : 'unsatisfiable';
}

function lastOctets(length: number, size: number): OctetRange | 'all' | 'unsatisfiable' {
  if (length === 0) return 'unsatisfiable';
  // The end of an empty file is the whole of it, which no Content-Range can say.
  return size === 0 ? 'all' : { first: Math.max(size - length, 0), last: size - 1 };
}
