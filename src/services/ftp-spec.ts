import type { ServiceSpec } from '../runtime/service.ts';
import { checkFtpServiceOptions, type FtpServiceOptions } from './ftp-options.ts';

/** Sources and what is built from them stand in the same places and differ in the extension. */
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));

/**
 * The recipe for an FTP service, to be run by any architecture.
 * @throws OptionsError for options that are wrong.
 */
export function ftpServiceSpec(options: FtpServiceOptions): ServiceSpec {
  return { module: new URL(`./ftp${EXTENSION}`, import.meta.url).href, options: checkFtpServiceOptions(options) };
}
