import type { Candidate } from './candidate.ts';

/** A server of others. */
export interface Peer extends Candidate {
  /** Gets it for this user. @throws Error when that cannot be. */
  fetch(): Promise<void>;
  /** As it tells it; undefined when it does not. */
  version?(): Promise<string | undefined>;
}

/** Said of a server that is not there. */
export const HOW_TO_FETCH = 'not found: install it, or run npm run bench:fetch-peers';
