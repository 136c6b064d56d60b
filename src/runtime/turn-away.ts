import type { Socket } from 'node:net';
import { lastWords } from './last-words.ts';
import type { Refused } from './messages.ts';
import type { ServiceSpec } from './service.ts';

/** Closes the connection of a client that is not let in, with the service's word on it if there is one to be said. */
export function turnAway(stream: Socket, { refusal, tell }: Refused, refusals: ServiceSpec['refusals']): void {
  const word = tell ? refusals?.[refusal] : undefined;
  stream.on('error', () => {});
  if (word === undefined) stream.resetAndDestroy();
  else void lastWords(stream, word);
}
