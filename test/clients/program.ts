import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { vi } from 'vitest';

/** How long a client may take for anything that these tests have it do. */
const TIME_LIMIT_MS = 30_000;

export interface ProgramOptions {
  /** Where it runs. */
  readonly directory: string;
  /** Where it finds its configuration: an empty directory. */
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A client that runs. What it says is collected; when its time is up, it is killed. */
export class Program {
  /** Standard output and standard error, in the order in which they came. */
  said = '';
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #words: string;
  readonly #ended: Promise<number | null>;

  constructor(program: string, words: readonly string[], { directory, home, environment }: ProgramOptions) {
    this.#words = [program, ...words].join(' ');
    this.#child = spawn(program, words, {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        HOME: home,
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
        TERM: 'dumb',
        ...environment,
      },
    });
    this.#child.stdin.on('error', () => {});
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.said += chunk));
    }
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), TIME_LIMIT_MS);
    this.#ended = once(this.#child, 'close').then(([code]) => {
      clearTimeout(timer);
      return code as number | null;
    });
    this.#ended.catch(() => {});
  }

  /** Types lines. */
  type(...lines: readonly string[]): void {
    this.#child.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Waits until it has said something. */
  async until(pattern: RegExp): Promise<void> {
    await vi.waitFor(
      () => {
        if (!pattern.test(this.said)) throw new Error(`${this.#words}: has not said ${pattern}, but:\n${this.said}`);
      },
      { timeout: TIME_LIMIT_MS, interval: 10 },
    );
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Ends its input and waits until it ends. @returns the exit code; null for one that took too long. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    return this.#ended;
  }

  /** Ends its input and waits until it ends well. @returns what it said. @throws when it ends otherwise. */
  async success(): Promise<string> {
    const code = await this.end();
    if (code === 0) return this.said;
    const outcome = code === null ? `was killed (after ${TIME_LIMIT_MS} ms it is)` : `ended with ${code}`;
    throw new Error(`${this.#words}: ${outcome}:\n${this.said}`);
  }
}
