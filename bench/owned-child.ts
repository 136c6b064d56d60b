import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A child process that ends with this one, or when it is disposed of. At once: nothing here is worth a grace period. */
export class OwnedChild implements AsyncDisposable {
  readonly process: ChildProcess;

  constructor(child: ChildProcess) {
    this.process = child;
    process.once('exit', this.#kill);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill);
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.#kill();
    await ended;
  }

  readonly #kill = (): void => {
    this.process.kill('SIGKILL');
  };
}
