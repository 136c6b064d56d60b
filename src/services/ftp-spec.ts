import type { ServiceSpec } from '../runtime/service.ts';
import { checkFtpServiceOptions, type FtpServiceOptions } from './ftp-options.ts';
import { refusalsOf } from './ftp-refusals.ts';

/**
 * What is built is run from the bundle of the service, which holds the same in one file: units that are started for one
 * client have no time to load a hundred.
 */
const MODULE = new URL(import.meta.url.endsWith('.ts') ? './ftp.ts' : '../../units/ftp.cjs', import.meta.url).href;

/**
 * The recipe for an FTP service, to be run by any architecture.
 * @throws OptionsError for options that are wrong.
 */
export function ftpServiceSpec(options: FtpServiceOptions): ServiceSpec {
  const checked = checkFtpServiceOptions(options);
  return {
    module: MODULE,
    options: checked,
    ...refusalsOf(checked),
    runsRequestsElsewhere: true,
  };
}
