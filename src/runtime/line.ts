import type { Wire } from './wire.ts';

/** What one side of a line does when the other one says so: functions by name. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters are checked where the functions are called by name
export type Duties = { readonly [name: string]: (...args: any[]) => unknown };

/** The other side is gone, and so is the answer. */
export class LineClosedError extends Error {
  override readonly name = 'LineClosedError';
}

type Message =
  | { readonly tell: string; readonly args: readonly unknown[] }
  | { readonly ask: string; readonly args: readonly unknown[]; readonly n: number }
  | { readonly failure: string; readonly n: number }
  /** Without the answer when that is undefined, for which JSON has no word. */
  | { readonly n: number; readonly answer?: unknown };

/**
 * A line between a unit and its parent: either side calls functions of the other one, by their names.
 * messages.ts says which there are.
 */
export class Line<
  Near extends { [Name in keyof Near]: Duties[string] },
  Far extends { [Name in keyof Far]: Duties[string] },
> {
  readonly #wire: Wire;
  readonly #duties: Near;
  readonly #asked = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #last = 0;
  #closed = false;

  /** @param duties what this side does for the other one. */
  constructor(wire: Wire, duties: Near) {
    this.#wire = wire;
    this.#duties = duties;
    wire.onMessage((message) => this.#received(message as Message));
    wire.onClose(() => this.#close());
  }

  /** Says something that needs no answer and can wait for the end of this turn of the event loop. */
  mention<Name extends keyof Far & string>(name: Name, ...args: Parameters<Far[Name]>): void {
    if (!this.#closed) this.#wire.send({ tell: name, args } satisfies Message, 'soon');
  }

  /** Says something that needs no answer. */
  tell<Name extends keyof Far & string>(name: Name, ...args: Parameters<Far[Name]>): void {
    if (!this.#closed) this.#wire.send({ tell: name, args } satisfies Message);
  }

  /** @throws LineClosedError when the other side is gone before it has answered; Error with the message of its failure. */
  ask<Name extends keyof Far & string>(
    name: Name,
    ...args: Parameters<Far[Name]>
  ): Promise<Awaited<ReturnType<Far[Name]>>> {
    if (this.#closed) return Promise.reject(new LineClosedError());
    const n = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(n, { resolve, reject });
      this.#wire.send({ ask: name, args, n } satisfies Message, 'soon');
    });
  }

  #received(message: Message): void {
    // A service may have something of its own to say to a parent that it takes for its own.
    if (typeof message !== 'object' || message === null) return;
    if ('tell' in message) void this.#run(message.tell, message.args);
    else if ('ask' in message) void this.#answer(message.ask, message.args, message.n);
    else this.#answered(message);
  }

  #run(name: string, args: readonly unknown[]): unknown {
    return (this.#duties as Duties)[name]?.(...args);
  }

  async #answer(name: string, args: readonly unknown[], n: number): Promise<void> {
    let message: Message;
    try {
      message = { answer: await this.#run(name, args), n };
    } catch (error) {
      message = { failure: error instanceof Error ? error.message : String(error), n };
    }
    if (!this.#closed) this.#wire.send(message, 'soon');
  }

  #answered(message: { readonly n: number; readonly failure?: string; readonly answer?: unknown }): void {
    const asked = this.#asked.get(message.n);
    this.#asked.delete(message.n);
    if (message.failure !== undefined) asked?.reject(new Error(message.failure));
    else asked?.resolve(message.answer as never);
  }

  #close(): void {
    this.#closed = true;
    for (const { reject } of this.#asked.values()) reject(new LineClosedError());
    this.#asked.clear();
  }
}
