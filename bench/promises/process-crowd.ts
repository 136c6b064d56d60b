/** Many processes of Node that do nothing: a tree to look at. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OwnedChild } from '../processes/owned-child.ts';
import { readyChild } from '../processes/ready-child.ts';

const HERE = fileURLToPath(import.meta.url);
const AT_ONCE = 8;

export class ProcessCrowd implements AsyncDisposable {
  readonly #child: OwnedChild;

  private constructor(child: OwnedChild) {
    this.#child = child;
  }

  /** Fulfilled when there are so many of them: one, and its children. */
  static async gather(processes: number): Promise<ProcessCrowd> {
    const child = fork(HERE, [String(processes - 1)]);
    return new ProcessCrowd(await readyChild(child));
  }

  get pid(): number {
    return this.#child.process.pid!;
  }

  /** Its children notice that it has gone. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

/** The far side. */
async function gather(children: number): Promise<void> {
  let next = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (next++ < children) await once(fork(HERE, ['0']), 'message');
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneAfterTheOther));
  process.send!('ready');
}

if (process.argv[1] === HERE) {
  process.once('disconnect', () => process.exit());
  await gather(Number(process.argv[2]));
}
