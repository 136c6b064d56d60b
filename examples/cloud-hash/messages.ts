import type { Readable } from 'node:stream';
import type { Decoder } from './framings.ts';

/**
 * The messages that come over a connection, in their order; ends when the other side has closed its own.
 * @throws FramingError for what is no message; the error of a connection that breaks.
 */
export async function* messagesOf(stream: Readable, decoder: Decoder): AsyncGenerator<Buffer> {
  // Whoever stops listening may still have something to say.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) yield* decoder.push(chunk as Buffer);
  yield* decoder.end();
}
