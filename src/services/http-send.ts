/** Answers on their way to the client. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Answer } from './http-answer.ts';

/** The connection ended before the answer did. */
export class ClientLeftError extends Error {
  override readonly name = 'ClientLeftError';
}

export interface SendOptions {
  /** False for HEAD. */
  readonly withBody: boolean;
  /** Whether this is the last answer on its connection. */
  readonly last: boolean;
  /** Told of the octets of each part of the body that the kernel has taken. */
  readonly onSent: (octets: number) => void;
}

/**
 * Sends an answer, no faster than the client takes it. Fulfilled when the kernel has all of it. Does not dispose of it.
 * @throws ClientLeftError; whatever the body throws, and then part of the answer may be out.
 */
export async function sendAnswer(
  response: ServerResponse,
  { code, headers, body }: Answer,
  { withBody, last, onSent }: SendOptions,
): Promise<void> {
  response.writeHead(code, {
    ...headers,
    ...(typeof body === 'string' && { 'Content-Length': Buffer.byteLength(body) }),
    ...(last && { Connection: 'close' }),
  } satisfies OutgoingHttpHeaders);
  if (withBody && body !== undefined) {
    for await (const chunk of typeof body === 'string' ? [body] : body.chunks) {
      await untilDone(response, (done) => response.write(chunk, done));
      onSent(Buffer.byteLength(chunk));
    }
  }
  await untilDone(response, (done) => response.end(done));
}

/** Node tells nothing of a write to a connection that ends meanwhile, other than that it ended. */
function untilDone(response: ServerResponse, act: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) return reject(new ClientLeftError());
    const leave = () => reject(new ClientLeftError());
    response.once('close', leave);
    act((error) => {
      response.off('close', leave);
      if (error) reject(new ClientLeftError());
      else resolve();
    });
  });
}
