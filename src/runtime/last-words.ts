import type { Socket } from 'node:net';

/** How long a client may take to read why it is turned away. */
const LINGER_MS = 1_000;

/**
 * Sends a text and ends the connection, whatever the client is sending: what it sends is read and dropped for a while,
 * since octets that nobody reads would turn the end into a reset, which takes the text with it.
 * @returns fulfilled when the connection is closed.
 */
export async function lastWords(stream: Socket, text: string): Promise<void> {
  if (stream.closed) return;
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.on('error', () => {});
  stream.end(text);
  stream.resume();
  const timer = setTimeout(() => stream.destroy(), LINGER_MS).unref();
  await closed;
  clearTimeout(timer);
}
