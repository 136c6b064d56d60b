import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Endpoint, Presence, RunnerStats, RunOptions } from 'ohai-ftpd';

const PROGRAM = fileURLToPath(new URL('./services/run-server.mjs', import.meta.url));

/** Young objects in little memory, in all units: its growth in the first minutes of each would hide that of a leak. */
const NODE_FLAGS = ['--expose-gc', '--max-semi-space-size=1'];

interface Answer {
  readonly n?: number;
  readonly answer?: unknown;
  readonly failure?: string;
  readonly trouble?: string;
}

/** A server in a process of its own: for what would take the test along, and to count what belongs to it. */
export class ServerInChild implements AsyncDisposable {
  readonly pid: number;
  /** What its `onError` was told. */
  readonly troubles: string[] = [];
  /** Fulfilled when the process has ended, with its exit code or signal. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  #last = 0;

  private constructor(descriptors: number) {
    const limited = ['-c', `ulimit -n ${descriptors} && exec "$0" "$@"`, process.execPath, ...NODE_FLAGS, PROGRAM];
    this.#child = spawn('sh', limited, { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
    this.pid = this.#child.pid!;
    this.#child.on('message', (message: Answer) => this.#received(message));
    this.ended = once(this.#child, 'exit').then(([code, signal]) => {
      for (const { reject } of this.#asked.values()) reject(new Error('the process of the server has ended'));
      return (code ?? signal) as number | string;
    });
  }

  /**
   * @param descriptors how many each of its processes may have.
   * @throws Error with the message of what `run()` rejected with; the process has ended then.
   */
  static async start(
    architecture: string,
    options: RunOptions,
    descriptors = 1_024,
  ): Promise<ServerInChild & { readonly address: Endpoint; readonly addresses: readonly Endpoint[] }> {
    const server = new ServerInChild(descriptors);
    try {
      const addresses = (await server.#ask('run', architecture, options)) as readonly Endpoint[];
      return Object.assign(server, { address: addresses[0]!, addresses });
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  stats(): Promise<RunnerStats> {
    return this.#ask('stats') as Promise<RunnerStats>;
  }

  who(): Promise<readonly Presence[]> {
    return this.#ask('who') as Promise<readonly Presence[]>;
  }

  async close(options: { readonly graceMs: number }): Promise<void> {
    await this.#ask('close', options);
  }

  async collectGarbage(): Promise<void> {
    await this.#ask('collectGarbage');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill('SIGKILL');
    await this.ended;
  }

  #ask(call: string, ...args: readonly unknown[]): Promise<unknown> {
    const n = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(n, { resolve, reject });
      this.#child.send({ call, args, n }, (error) => error && reject(error));
    });
  }

  #received({ n, answer, failure, trouble }: Answer): void {
    if (trouble !== undefined) this.troubles.push(trouble);
    if (n === undefined) return;
    const asked = this.#asked.get(n);
    this.#asked.delete(n);
    if (failure !== undefined) asked?.reject(new Error(failure));
    else asked?.resolve(answer);
  }
}
