import type { Socket } from 'node:net';
import { lastWords } from './last-words.ts';
import type { Refused } from './messages.ts';
import type { ServiceSpec } from './service.ts';

/** What those hear who are not let in. */
export type WordsOfRefusal = Pick<ServiceSpec, 'refusals' | 'refusalsElsewhere'>;

/** Closes the connection of a client that is not let in, with the service's word on it if there is one to be said. */
export function turnAway(
  { stream, entrance }: { readonly stream: Socket; readonly entrance: number },
  { refusal, tell }: Refused,
  { refusals, refusalsElsewhere = refusals }: WordsOfRefusal,
): void {
  const word = tell ? (entrance === 0 ? refusals : refusalsElsewhere)?.[refusal] : undefined;
  stream.on('error', () => {});
  if (word === undefined) stream.resetAndDestroy();
  else void lastWords(stream, word);
}
