import type { Socket } from 'node:net';
import type { Refused } from './messages.ts';
import type { ServiceSpec } from './service.ts';

/** How long a client that is turned away may take to close its side. */
const LINGER_MS = 1_000;

/** Closes the connection of a client that is not let in, with the service's word on it if there is one to be said. */
export function turnAway(stream: Socket, { refusal, tell }: Refused, refusals: ServiceSpec['refusals']): void {
  const word = tell ? refusals?.[refusal] : undefined;
  stream.on('error', () => {});
  if (word === undefined) {
    stream.resetAndDestroy();
    return;
  }
  stream.end(word);
  // What it sends meanwhile has to be read: unread octets would turn the word into a reset (wire rule W36).
  stream.resume();
  stream.on('end', () => stream.destroy());
  setTimeout(() => stream.destroy(), LINGER_MS).unref();
}
