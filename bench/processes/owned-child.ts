import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const alive = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A child process that ends with this one, or when it is disposed of. At once: nothing here is worth a grace period. */
export class OwnedChild implements AsyncDisposable {
  readonly process: ChildProcess;

  constructor(child: ChildProcess) {
    this.process = child;
    alive.add(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    alive.delete(this.process);
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}
