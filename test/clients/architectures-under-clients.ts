import { architectures } from '../../architectures/index.ts';
import type { Runner } from '../../src/index.ts';

/** Names out of the registry: the ones that people will run, and the one that forgives a client least. */
const NAMES = ['reactor', 'serial', 'prefork', 'thread-pool', 'hybrid-nginx', 'hybrid-puma'];

/** What real clients are tried against. The conformance suite runs against all. */
export const ARCHITECTURES_UNDER_CLIENTS: readonly Runner[] = NAMES.map(named);

/** Those that serve a client in different places: TLS of data connections is to be spoken in each of them. */
export const ARCHITECTURES_UNDER_TLS: readonly Runner[] = NAMES.filter((name) => name !== 'serial').map(named);

/** The one that no test is left out of. */
export const FIRST_ARCHITECTURE: Runner = named(NAMES[0]!);

function named(name: string): Runner {
  const runner = architectures.find((candidate) => candidate.name === name);
  if (!runner) throw new Error(`there is no architecture '${name}'`);
  return runner;
}

/** Whether a second control connection gets an answer while the first one is open. */
export function servesSeveral({ traits }: Runner): boolean {
  return traits.atATime !== '1';
}
