import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type Framing, FramingError } from './framings.ts';
import { messagesOf } from './messages.ts';

/** How long a client may take to read the last thing it is told. */
const LINGER_MS = 1_000;

export interface ConversationOptions {
  readonly framing: Framing;
  readonly requestLimitBytes: number;
  readonly idleTimeoutMs: number;
  readonly answer: (request: string) => string | Promise<string>;
}

/** One client: requests in, answers out, in the order of the requests. */
export class Conversation {
  readonly #stream: Socket;
  readonly #options: ConversationOptions;
  #state: 'idle' | 'answering' | 'leaving' = 'idle';
  #draining = false;

  constructor(stream: Socket, options: ConversationOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.setTimeout(options.idleTimeoutMs, () => stream.destroy());
  }

  /** Serves the client. Fulfilled when its connection is closed. Never rejects. */
  async serve(): Promise<void> {
    const { framing, requestLimitBytes } = this.#options;
    try {
      for await (const message of messagesOf(this.#stream, framing.decoder(requestLimitBytes))) {
        await this.#answer(message);
        if (framing.onePerConnection || this.#draining) break;
      }
      await this.#leave();
    } catch (error) {
      // Anything else is a client that has gone.
      if (error instanceof FramingError) await this.refuse(error.message);
      else this.#stream.destroy();
    }
  }

  /** Ends the conversation behind the request that is being answered, or now. */
  drain(): void {
    this.#draining = true;
    if (this.#state === 'idle') this.#stream.destroySoon();
  }

  /** Tells the client why it is not served any further. Fulfilled when its connection is closed. */
  async refuse(reason: string): Promise<void> {
    await this.#leave(this.#options.framing.encode(`ERROR ${reason}`));
  }

  async #answer(message: Buffer): Promise<void> {
    const { framing, answer } = this.#options;
    this.#state = 'answering';
    await this.#send(framing.encode(await answer(message.toString())));
    this.#state = 'idle';
  }

  /** Fulfilled when the kernel has taken it: a client that does not read its answers is not asked for more requests. */
  #send(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** What the client still sends is read and dropped: unread, it would turn the end into a reset, which takes the answer along. */
  async #leave(lastWords?: Buffer): Promise<void> {
    const stream = this.#stream;
    this.#state = 'leaving';
    if (stream.closed) return;
    const timer = setTimeout(() => stream.destroy(), LINGER_MS);
    stream.on('error', () => {});
    if (lastWords) stream.write(lastWords);
    stream.end();
    stream.resume();
    await once(stream, 'close').catch(() => {});
    clearTimeout(timer);
  }
}
