import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Tls } from './transport.ts';

/** The program as it is installed; `npm run test:clients` builds it first. */
const MAIN = fileURLToPath(new URL('../../dist/architectures/main.js', import.meta.url));

/** How the server speaks TLS, and the files with its certificate and key. */
export interface ServerTls extends Pick<Tls, 'version' | 'begins' | 'resumption'> {
  readonly certificate: string;
  readonly key: string;
}

function tlsWords({ certificate, key, version, begins, resumption }: ServerTls): readonly string[] {
  return [
    ...['--tls-cert', certificate, '--tls-key', key, '--require-tls', 'all'],
    ...['--tls-min-version', version, '--tls-resumption', resumption],
    ...(begins === 'at once' ? ['--implicit-port', '0'] : []),
  ];
}

/** The server as people start it: a process of its own that serves a directory. */
export class ServerProcess {
  readonly host: string;
  readonly port: number;
  /** An account that may do everything. */
  readonly user: string;
  readonly password: string;
  readonly #child: ChildProcess;
  /** What it logged, when it has ended: only faults are logged. */
  readonly #faults: Promise<string>;

  private constructor(child: ChildProcess, faults: Promise<string>, message: string, scheme: 'ftp' | 'ftps') {
    const address = new RegExp(`^.* ${scheme}://\\[?([\\d.:a-f]+?)\\]?:(\\d+)(?: and .*)?\\n`).exec(message);
    const account = /^ {2}(\w+) .*, password (\S+)$/m.exec(message);
    if (!address || !account) throw new Error(`cannot understand the start message:\n${message}`);
    this.host = address[1]!;
    this.port = Number(address[2]);
    this.user = account[1]!;
    this.password = account[2]!;
    this.#child = child;
    this.#faults = faults;
  }

  /** Fulfilled when it serves. With TLS, it lets nothing pass in the clear. */
  static async start(options: {
    readonly architecture: string;
    readonly root: string;
    readonly tls?: ServerTls;
  }): Promise<ServerProcess> {
    const { architecture, root, tls } = options;
    const words = [
      '--architecture',
      architecture,
      '--root',
      root,
      '--port',
      '0',
      '--log-level',
      'error',
      '--grace',
      '2',
    ];
    const child = spawn(process.execPath, [MAIN, 'serve', ...words, ...(tls ? tlsWords(tls) : [])], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const scheme = tls?.begins === 'at once' ? 'ftps' : 'ftp';
    const faults = text(child.stderr);
    let message = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      message += chunk;
      if (message.endsWith('Ctrl-C stops it.\n')) return new ServerProcess(child, faults, message, scheme);
    }
    throw new Error(`the server did not start: ${await faults}`);
  }

  /** Stops it as people do. @returns its exit code, and what it reported as a fault of its own. */
  async stop(): Promise<{ code: number | null; faults: string }> {
    const exited = this.#child.exitCode === null ? once(this.#child, 'exit') : undefined;
    this.#child.kill('SIGTERM');
    await exited;
    return { code: this.#child.exitCode, faults: await this.#faults };
  }
}
