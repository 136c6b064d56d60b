/** The clients of ftp-load.c: compiled here, and run. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { Cipher } from '../candidates/tls-setting.ts';
import type { ServerAddress } from '../client/ftp-client.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import { compileProgram } from './c-program.ts';
import type { Clients } from './clients.ts';

/** How it ends when octets were not those that they had to be. */
const WRONG_OCTETS = 3;

const run = promisify(execFile);

export interface LoadPlan {
  /** What each client does after its login, a letter for each step: see ftp-load.c. */
  readonly script: string;
  /** Clients. */
  readonly sessions: number;
  /** How many of them at a time; all of them unless told. */
  readonly atOnce?: number;
  /** Whether all log in before the clock starts, and then begin together. */
  readonly together?: boolean;
  /** How often each client goes through the script. */
  readonly repeat?: number;
  /** What RETR must bring, and what STOR sends. */
  readonly source?: string;
  /** Of the file on the server; with STOR, the number of the client is put behind it. */
  readonly name?: string;
}

export interface LoadResult {
  readonly sessions: number;
  /** By the clock. */
  readonly seconds: number;
  /** Of the clients. */
  readonly processorSeconds: number;
  /** In all transfers. */
  readonly octets: number;
  /** One way through the script. */
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  /** What was spoken over TLS: on the first control connection, and on the first data connection. */
  readonly negotiated?: readonly string[];
}

/** Octets came that nobody had sent: worse than any failure. */
export class WrongOctets extends Error {
  override readonly name = 'WrongOctets';
}

export class FtpLoad implements Clients {
  readonly #program: string;
  readonly #cipher: Cipher | undefined;

  private constructor(program: string, cipher: Cipher | undefined) {
    this.#program = program;
    this.#cipher = cipher;
  }

  /**
   * @param directory for the program.
   * @param cipher with which the clients speak TLS; they do not without.
   * @throws Error when there is no C compiler: clients in JavaScript would take as much of the machine as the server.
   */
  static async compile(directory: string, cipher?: Cipher): Promise<FtpLoad> {
    const parts = cipher ? { sources: ['tls-openssl'], libraries: ['ssl', 'crypto'] } : { sources: ['tls-none'] };
    return new FtpLoad(await compileProgram('ftp-load', directory, '-O3', parts), cipher);
  }

  /**
   * @param limitMs after so long without an end, the clients are ended.
   * @param whileConnected called when the clients have done their work and are still there.
   * @throws WrongOctets, or Error with what went wrong.
   */
  async run(
    server: ServerAddress,
    plan: LoadPlan,
    limitMs: number,
    whileConnected: () => void | Promise<void> = () => {},
  ): Promise<LoadResult> {
    const values = [...argumentsOf(server, plan), ...Object.entries(this.#cipher ?? {}).map((pair) => pair.join('='))];
    const child = spawn(this.#program, ['clients', ...values], { timeout: limitMs });
    await using _owned = new OwnedChild(child);
    // It may have ended before it reads that it should.
    child.stdin.on('error', () => {});
    const complaint = text(child.stderr);
    const ended = once(child, 'close');
    const result = await Promise.race([firstLine(child), ended.then(() => undefined)]);
    if (result !== undefined) {
      await whileConnected();
      child.stdin.end();
      await ended;
      return JSON.parse(result) as LoadResult;
    }
    await ended;
    throw failure(child, (await complaint).trim(), limitMs);
  }

  /** @throws WrongOctets when a file is not the same as the source, by length and checksum. */
  async compare(source: string, files: readonly string[]): Promise<void> {
    try {
      await run(this.#program, ['compare', source, ...files]);
    } catch (error) {
      const { code, stderr } = error as { code?: number; stderr?: string };
      if (code === WRONG_OCTETS) throw new WrongOctets(stderr!.trim());
      throw new Error(`cannot compare: ${stderr?.trim() || (error as Error).message}`);
    }
  }
}

function argumentsOf(server: ServerAddress, plan: LoadPlan): string[] {
  const { script, sessions, atOnce = sessions, together = false, repeat = 1, source, name } = plan;
  const values = {
    address: server.address,
    port: server.port,
    script,
    sessions,
    'at-once': atOnce,
    together: Number(together),
    repeat,
    ...(source !== undefined && { source }),
    ...(name !== undefined && { name }),
  };
  return Object.entries(values).map(([key, value]) => `${key}=${value}`);
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  let line = '';
  for await (const chunk of child.stdout!.setEncoding('utf8')) {
    line += chunk;
    if (line.includes('\n')) return line;
  }
  return undefined;
}

function failure(child: ChildProcess, words: string, limitMs: number): Error {
  if (child.signalCode !== null) return new Error(`not done in ${limitMs / 1000} s`);
  return child.exitCode === WRONG_OCTETS ? new WrongOctets(words) : new Error(words);
}
