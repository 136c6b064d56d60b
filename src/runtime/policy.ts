import type { Arrival } from './reception.ts';

/**
 * What an architecture is about: takes each connection, when it wants to, and has it served. Ends when the connections
 * do; those that are still served then are waited for elsewhere.
 */
export type Policy = (
  connections: AsyncIterable<Arrival>,
  serve: (connection: Arrival) => Promise<void>,
) => Promise<void>;
