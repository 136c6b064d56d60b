import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { errorOf, type LoopDuties, type ToLoop, type ToThread } from './remote-messages.ts';

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The thread's end of the line to the event loop, while it runs one command. */
export class LineToLoop {
  readonly #port: MessagePort;
  readonly #calls = new Map<number, Call>();
  #lastCall = 0;
  #abort: () => void = () => {};

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** @param abort called when the loop wants the command to end, or is gone; perhaps at once. */
  listen(abort: () => void): void {
    this.#abort = abort;
    // The client may have left while its request waited for a thread.
    this.look();
    this.#port.on('message', (message: ToThread) => this.#received(message));
    this.#port.on('close', () => this.#closed());
  }

  /** Takes now what the loop has said already, whether or not this thread has waited for anything since. */
  look(): void {
    for (let next = receiveMessageOnPort(this.#port); next; next = receiveMessageOnPort(this.#port)) {
      this.#received(next.message as ToThread);
    }
  }

  post(message: ToLoop): void {
    this.#port.postMessage(message);
  }

  /** Has the loop do something. @throws what it throws there: a ReplyError, a DataConnectionError, or another Error. */
  call<Duty extends keyof LoopDuties>(
    duty: Duty,
    ...args: Parameters<LoopDuties[Duty]>
  ): Promise<Awaited<ReturnType<LoopDuties[Duty]>>> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve: resolve as Call['resolve'], reject });
      this.post({ kind: 'call', call, duty, args });
    });
  }

  /** The same for what cannot fail, and is not waited for. It is done before the loop gets what is posted later. */
  tell<Duty extends 'dialTo' | 'close' | 'logOut'>(duty: Duty, ...args: Parameters<LoopDuties[Duty]>): void {
    this.call(duty, ...args).catch(() => {});
  }

  /** What was posted before still arrives. */
  close(): void {
    this.#port.close();
  }

  #received(message: ToThread): void {
    if (message.kind === 'abort') {
      this.#abort();
      return;
    }
    const call = this.#calls.get(message.call);
    this.#calls.delete(message.call);
    if (message.kind === 'answer') call?.resolve(message.value);
    else call?.reject(errorOf(message.failure));
  }

  #closed(): void {
    this.#abort();
    for (const { reject } of this.#calls.values()) reject(new Error('the event loop has closed the line'));
    this.#calls.clear();
  }
}
