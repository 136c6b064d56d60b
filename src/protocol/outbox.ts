/**
 * What this thread has to say to its clients, held back until the event loop has looked at everybody who had sent something.
 *
 * A write(2) to a client that waits for it wakes up its process, or interrupts the network card: several times what the copy
 * costs. Said one after the other, all that is said in one turn costs one such wait; and the replies to one client, to
 * commands that it sent together, are one packet.
 */

/** Whoever has something to send. */
export interface Sender {
  /** Called once for each call of sendLater(), before the event loop waits again. */
  sendNow(): void;
}

let waiting: Sender[] = [];

/** @param sender that is not waiting already. */
export function sendLater(sender: Sender): void {
  if (waiting.push(sender) === 1) setImmediate(sendAll);
}

function sendAll(): void {
  const senders = waiting;
  waiting = [];
  for (const sender of senders) sender.sendNow();
}
