import type { ServiceSpec } from '../runtime/service.ts';
import { HttpError, rawRefusal } from './http-errors.ts';
import { checkHttpServiceOptions, type HttpServiceOptions } from './http-options.ts';

/** What is built is run from the bundle of the service, as in ftp-spec.ts. */
const MODULE = new URL(import.meta.url.endsWith('.ts') ? './http.ts' : '../../units/http.cjs', import.meta.url).href;

/**
 * The recipe for an HTTP service, to be run by any architecture.
 * @throws OptionsError for options that are wrong.
 */
export function httpServiceSpec(options: HttpServiceOptions): ServiceSpec {
  const busy = rawRefusal(new HttpError(503));
  return {
    module: MODULE,
    options: checkHttpServiceOptions(options),
    refusals: { 'too-many': busy, 'too-many-of-address': busy, 'too-many-of-user': busy, banned: busy },
  };
}
