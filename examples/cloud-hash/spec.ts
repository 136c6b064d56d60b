import type { ServiceSpec } from '../../src/index.ts';
import { type FramingName, framings } from './framings.ts';
import type { CloudHashOptions } from './service.ts';

/** Sources and what is built from them stand in the same places and differ in the extension. */
const EXTENSION = import.meta.url.slice(import.meta.url.lastIndexOf('.'));

let made = 0;

/**
 * The recipe for a cloud hash, to be run by any architecture. The hash is empty: a module is loaded once for each URL that
 * it is imported by, and each recipe has another one.
 * @param options.framing how requests and answers are told apart.
 */
export function cloudHashSpec({
  framing,
  requestLimitBytes = 4096,
  idleTimeoutMs = 60_000,
}: Pick<CloudHashOptions, 'framing'> & Partial<CloudHashOptions>): ServiceSpec {
  made += 1;
  const tooMany = refusal(framing, 'too many clients; try again later');
  return {
    module: new URL(`./service${EXTENSION}?server=${made}`, import.meta.url).href,
    options: { framing, requestLimitBytes, idleTimeoutMs },
    runsRequestsElsewhere: true,
    refusals: { 'too-many': tooMany, 'too-many-of-address': tooMany },
  };
}

function refusal(framing: FramingName, reason: string): string {
  return framings[framing].encode(`ERROR ${reason}`).toString();
}
