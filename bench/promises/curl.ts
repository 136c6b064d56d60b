/** curl(1) as a client over TLS: what people use, though it may be what limits. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { constants, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Cipher } from '../candidates/tls-setting.ts';
import type { ServerAddress } from '../client/ftp-client.ts';
import { processorSecondsOf } from '../measure/processor-time.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import type { Clients } from './clients.ts';
import { type LoadPlan, type LoadResult, WrongOctets } from './ftp-load.ts';

const run = promisify(execFile);

/** On standard error, where curl keeps nothing back until it ends. */
const FIGURES = '%{stderr}%{exitcode} %{time_pretransfer} %{time_total} %{size_download} %{size_upload}\\n';

const ASK_AGAIN_MS = 1;

export class Curl implements Clients {
  readonly #flags: readonly string[];
  readonly #negotiated = new Map<string, readonly string[]>();

  constructor({ suite, group }: Cipher) {
    const cipher = ['--tlsv1.3', '--tls13-ciphers', suite, '--curves', group];
    const login = ['--user', 'anonymous:bench@example.org'];
    this.#flags = ['--silent', '--show-error', '--ssl-reqd', '--insecure', ...login, ...cipher];
  }

  /** Why it cannot take part; undefined when it can. */
  static missing(): Promise<string | undefined> {
    return run('curl', ['--version']).then(
      ({ stdout }) => (/\bftps\b/.test(stdout) ? undefined : 'this curl cannot do FTP over TLS'),
      () => 'curl is not installed',
    );
  }

  /** One download or upload, timed from RETR or STOR on: `plan` says which by R or W, and of what by its file. */
  async run(
    server: ServerAddress,
    { script, source, name }: LoadPlan,
    limitMs: number,
    whileConnected: () => void | Promise<void> = () => {},
  ): Promise<LoadResult> {
    const negotiated = await this.#negotiatedWith(server, limitMs);
    const upload = script.includes('W');
    const octets = (await stat(source!)).size;
    const url = urlOf(server, upload ? `${name}0` : name!);
    const what = upload ? ['--upload-file', source!] : ['--output', '/dev/null'];
    await using pause = await Pause.make();
    const args = [
      ...this.#flags,
      '--fail-early',
      '--write-out',
      FIGURES,
      ...what,
      url,
      '--next',
      '--silent',
      pause.url,
    ];
    const child = spawn('curl', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: limitMs });
    await using _owned = new OwnedChild(child);
    const ended = once(child, 'exit');
    const { figures, complaint } = await figuresOf(child);
    const [code, pretransfer, total, down, up] = figures;
    if (code !== 0) {
      await ended;
      throw new Error(child.signalCode ? `not done in ${limitMs / 1000} s` : complaint);
    }
    const moved = upload ? up : down;
    if (moved !== octets) throw new WrongOctets(`curl has moved ${moved} octets instead of ${octets}`);
    const processorSeconds = processorSecondsOf(child.pid!);
    await whileConnected();
    await pause.end(child);
    await ended;
    const seconds = total! - pretransfer!;
    return { sessions: 1, seconds, processorSeconds, octets, p50Seconds: seconds, p99Seconds: seconds, negotiated };
  }

  /** Asked once of each server, with a listing: to tell costs curl time. @throws Error when something was not encrypted. */
  async #negotiatedWith(server: ServerAddress, limitMs: number): Promise<readonly string[]> {
    const url = urlOf(server, '');
    const known = this.#negotiated.get(url);
    if (known) return known;
    const { stderr } = await run('curl', [...this.#flags, '--verbose', url], { timeout: limitMs }).catch(
      (error: Error & { stderr?: string }) => {
        throw new Error(lastLineOf(error.stderr || error.message));
      },
    );
    const said = Array.from(stderr.matchAll(/SSL connection using (\S+) \/ (\S+)/g), ([, version, suite]) => {
      return `${version} ${suite}`;
    });
    if (said.length < 2) throw new Error('curl has not used TLS for both connections');
    this.#negotiated.set(url, said);
    return said;
  }
}

const pauses = new Set<string>();
process.once('exit', () => {
  for (const folder of pauses) rmSync(folder, { recursive: true, force: true });
});

/** A file for curl to read after the transfer, until it is over: meanwhile it stays connected, so that one can look. */
class Pause implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #fifo: string;

  private constructor(folder: string, fifo: string) {
    this.#folder = folder;
    this.#fifo = fifo;
    this.url = `file://${fifo}`;
  }

  static async make(): Promise<Pause> {
    const folder = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    pauses.add(folder);
    const fifo = join(folder, 'pause');
    await run('mkfifo', [fifo]);
    return new Pause(folder, fifo);
  }

  /** Once `reader` has opened it: to open it for writing fails with ENXIO before (fifo(7)). */
  async end(reader: ChildProcess): Promise<void> {
    while (reader.exitCode === null && reader.signalCode === null) {
      try {
        return await (await open(this.#fifo, constants.O_WRONLY | constants.O_NONBLOCK)).close();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
        await delay(ASK_AGAIN_MS);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    pauses.delete(this.#folder);
    await rm(this.#folder, { recursive: true });
  }
}

/** What it says when the transfer is over; no figures when it does not come to that. */
async function figuresOf(child: ChildProcess): Promise<{ figures: number[]; complaint: string }> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr! })) {
    if (/^\d+( [\d.]+){4}$/.test(line)) return { figures: line.split(' ').map(Number), complaint: lines.join(' / ') };
    lines.push(line);
  }
  return { figures: [], complaint: lines.join(' / ') };
}

function urlOf({ address, port }: ServerAddress, name: string): string {
  return `ftp://${address}:${port}/${name}`;
}

/** With --verbose, the dialogue is before it. */
function lastLineOf(said: string): string {
  return said.trim().split('\n').at(-1)!;
}
