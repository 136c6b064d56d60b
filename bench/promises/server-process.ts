import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OwnedChild } from '../processes/owned-child.ts';
import { spawnWithDescriptors } from '../processes/spawn-with-descriptors.ts';

const BIN = fileURLToPath(new URL('../../architectures/main.js', import.meta.url));

export interface ServerProcessOptions {
  /** Directory to serve. */
  readonly root: string;
  readonly architecture?: string;
  /** Descriptors that the server should be allowed to have open (RLIMIT_NOFILE); it gets what the system permits. */
  readonly descriptors?: number;
  /** Further options of `serve`. */
  readonly flags?: readonly string[];
  /** Options of Node, such as those of a profiler. */
  readonly nodeFlags?: readonly string[];
}

/** The built server as anybody would start it, in a process of its own. */
export class ServerProcess implements AsyncDisposable {
  readonly address = '127.0.0.1';
  readonly port: number;
  readonly #child: OwnedChild;

  private constructor(child: ChildProcess, port: number) {
    this.#child = new OwnedChild(child);
    this.port = port;
  }

  /** Fulfilled when it serves. @throws Error with what it said, when it ends instead. */
  static async start({
    root,
    architecture = 'reactor',
    descriptors = 1024,
    flags = [],
    nodeFlags = [],
  }: ServerProcessOptions): Promise<ServerProcess> {
    const serve = ['serve', '--architecture', architecture, '--root', root, '--port', '0', '--log-level', 'warn'];
    // For files in /dev/shm, which are in memory.
    const child = spawnWithDescriptors(descriptors, [...nodeFlags, BIN, ...serve, '--allow-system-root', ...flags]);
    for await (const line of createInterface({ input: child.stdout! })) {
      const port = / on ftp:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      // Nobody reads the rest; a full pipe must not stop the server.
      child.stdout!.resume();
      return new ServerProcess(child, Number(port));
    }
    throw new Error('the server did not start');
  }

  get pid(): number {
    return this.#child.process.pid!;
  }

  /** How many descriptors it may have open. */
  async descriptorLimit(): Promise<number> {
    const limits = await readFile(`/proc/${this.pid}/limits`, 'latin1');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}
