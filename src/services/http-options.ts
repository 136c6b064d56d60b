import { z } from 'zod';
import { checkOptions } from './check-options.ts';
import { flag, group, logging, milliseconds, mustBe, path, symlinkPolicy, wholeNumber } from './option-kinds.ts';

const schema = z.strictObject(
  {
    /** The directory of the disk that clients see as `/`. Becomes absolute. */
    root: path(),
    symlinks: symlinkPolicy(),
    /** Whether the `index.html` of a directory is shown in place of its entries. */
    index: flag().default(false),
    timeouts: group({
      /** From connect, or the answer before, to the end of the header of a request. */
      headersMs: milliseconds().default(30_000),
      /** The same to the end of the request; not less. */
      requestMs: milliseconds().default(60_000),
      /** Between an answer and the next request. */
      keepAliveMs: milliseconds().default(15_000),
      /** Without an octet moved on the connection. */
      stallMs: milliseconds().default(60_000),
    }).refine(({ headersMs, requestMs }) => headersMs <= requestMs, 'must not have a longer headersMs than requestMs'),
    /** Octets of a request line and its headers. */
    maxHeaderBytes: wholeNumber(1024, 1024 * 1024, 'octets').default(16 * 1024),
    log: logging(),
  },
  mustBe('an object'),
);

/** The options of the HTTP service as a program writes them: plain data. Only `root` is required. */
export type HttpServiceOptions = z.input<typeof schema>;

/** All options, checked, with their defaults filled in. Still plain data; checking them again changes nothing. */
export type CheckedHttpServiceOptions = z.output<typeof schema>;

/**
 * Checks options and fills in what is not given.
 * @throws OptionsError for the first one that is wrong, in one line that names it: `timeouts.stallMs must be …`.
 */
export function checkHttpServiceOptions(options: HttpServiceOptions): CheckedHttpServiceOptions {
  return checkOptions(schema, options);
}
