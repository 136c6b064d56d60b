import { EventEmitter } from 'node:events';
import type { Authenticator } from '../accounts/authenticator.ts';
import { decoyPasswordHash, hashPassword } from '../accounts/password-hash.ts';
import type { FtpEvent, Log } from '../protocol/environment.ts';
import type { Board, Limits, Presence } from '../runtime/board.ts';
import type { ListenOptions, RunnerStats, RunningServer, RunOptions } from '../runtime/runner.ts';
import type { Endpoint } from '../runtime/service.ts';
import { serveWith } from '../runtime/start-server.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { FtpService } from './ftp.ts';
import { buildAuthenticator } from './ftp-accounts.ts';
import { type CheckedFtpServiceOptions, checkFtpServiceOptions, type FtpServiceOptions } from './ftp-options.ts';
import { refusalsOf } from './ftp-refusals.ts';
import { handshakesOf, protocolSettings } from './ftp-settings.ts';
import { ownDisk } from './ftp-storage.ts';
import { guardedLog } from './guarded-log.ts';
import { checkLimits } from './limits-options.ts';
import { createLog } from './log.ts';

type AccountOptions = NonNullable<FtpServiceOptions['accounts']>[number];

/** An account with its password in the clear, for tests and for programs that keep it elsewhere. */
export type AccountWithPassword = Omit<AccountOptions, 'passwordHash'> & { readonly password: string };

/** Options of an FTP server inside of a program: those of the service, and parts of the program's own. */
export type FtpServerOptions = Omit<FtpServiceOptions, 'root' | 'accounts' | 'log'> & {
  /** Who is not let in (default: everybody is). */
  readonly limits?: Limits;
  /** A directory of the disk, or a storage of the program's own. */
  readonly root?: string;
  readonly fileSystem?: FileSystem;
  /** Decides alone who may log in; anonymous, accounts and passwordFile are not asked then. */
  readonly authenticator?: Authenticator;
  readonly accounts?: readonly (AccountOptions | AccountWithPassword)[];
  /** Where log lines go (default: nowhere). */
  readonly log?: Log;
};

/** The events of an FtpServer: each listener gets one object, in which `session` tells who caused it. */
export type FtpServerEvents = { [Type in FtpEvent['type']]: [event: Extract<FtpEvent, { type: Type }>] };

/**
 * Makes an FTP server that runs on the event loop of the program.
 * @throws OptionsError for options that are wrong, in one line that names the option.
 */
export function createFtpServer(options: FtpServerOptions): FtpServer {
  return new FtpServer(options);
}

/** Made by createFtpServer. Serves from listen() to close(). */
export class FtpServer extends EventEmitter<FtpServerEvents> implements AsyncDisposable {
  readonly #options: FtpServerOptions;
  #checked: CheckedFtpServiceOptions;
  readonly #limits: Limits;
  #starting: Promise<RunningServer> | undefined;
  #running: RunningServer | undefined;

  constructor(options: FtpServerOptions) {
    super();
    const { fileSystem, authenticator: _authenticator, accounts = [], log: _log, limits, root, ...rest } = options;
    this.#options = options;
    this.#limits = checkLimits(limits);
    // With a storage of its own, the server has no directory of the disk; the option is required and not looked at.
    this.#checked = checkFtpServiceOptions({
      ...rest,
      root: fileSystem ? '.' : (root as string),
      // Hashing takes its time, and what else may be wrong with an account is to be told now.
      accounts: accounts.map((account) => withHash(account, decoyPasswordHash())),
    });
  }

  /**
   * Begins to serve.
   * @param options.host address to listen on (default 127.0.0.1: this machine only).
   * @param options.port 0…65535 (default 2121); 0 lets the system choose, see `address`.
   * @param options.onListening called, and waited for, when the port is bound and nobody is served yet: the moment to give
   *   up the privilege that the port needed. If it throws, nothing stays open.
   * @returns the address; a client could connect now.
   * @throws the error of listen(2), with its `code` (EADDRINUSE, EACCES …).
   */
  async listen({
    host = '127.0.0.1',
    port = 2121,
    onListening,
  }: {
    host?: string;
    port?: number;
    onListening?: RunOptions['onListening'];
  } = {}): Promise<Endpoint> {
    if (this.#running || this.#starting) throw new Error('the server listens already');
    this.#starting = this.#start({ host, port }, onListening);
    try {
      this.#running = await this.#starting;
    } finally {
      this.#starting = undefined;
    }
    return this.#running.address;
  }

  async #start(listen: ListenOptions, onListening: RunOptions['onListening']): Promise<RunningServer> {
    return serveWith(
      ({ board }) => this.#service(board),
      { listen, limits: this.#limits, words: refusalsOf(this.#checked), ...(onListening && { onListening }) },
      async (connections, serve) => {
        for await (const connection of connections) void serve(connection);
      },
    );
  }

  /** @throws Error while it does not listen. */
  get address(): Endpoint {
    if (!this.#running) throw new Error('the server does not listen');
    return this.#running.address;
  }

  /**
   * Shows other certificates to whoever connects from now on. Clients who are there are not disturbed.
   * @throws OptionsError for what cannot be used; then those before stay. Error for a server without TLS.
   */
  renewCertificates(identities: NonNullable<FtpServiceOptions['tls']>['identities']): void {
    const { tls } = this.#checked;
    if (!tls) throw new Error('the server was made without TLS');
    this.#checked = checkFtpServiceOptions({ ...this.#checked, tls: { ...tls, identities } });
    this.#running?.reconfigure(this.#checked);
  }

  /** As in `ftp://127.0.0.1:2121`. @throws Error while it does not listen. */
  get url(): string {
    const { address, port } = this.address;
    return `ftp://${address.includes(':') ? `[${address}]` : address}:${port}`;
  }

  stats(): RunnerStats {
    return this.#running?.stats() ?? { connected: 0, served: 0 };
  }

  /** Everybody who is connected, in the order of arrival. */
  async who(): Promise<readonly Presence[]> {
    return (await this.#running?.who()) ?? [];
  }

  /** Ends the session of one client. @param id as who() has it. @returns false when there is no such client. */
  async kick(id: string): Promise<boolean> {
    return (await this.#running?.kick(id)) ?? false;
  }

  /**
   * Stops accepting, lets transfers end, says goodbye to the idle, and closes. Fulfilled when nothing is left open.
   * @param options.graceMs how long running transfers may take (default 10 000); 0 ends them at once.
   */
  async close(options?: { readonly graceMs?: number }): Promise<void> {
    await this.#starting?.catch(() => {});
    await this.#running?.close(options);
    this.#running = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #service(board: Board): Promise<FtpService> {
    const { fileSystem, authenticator } = this.#options;
    const log = guardedLog(this.#options.log ?? createLog({ level: 'silent', format: 'text' }));
    const { passive } = this.#checked;
    // Decides before anything is opened: a password file may be unreadable.
    const accounts = authenticator ?? (await this.#ownAccounts(log));
    return new FtpService({
      settings: protocolSettings(this.#checked),
      ...(passive.ports && { passivePorts: passive.ports }),
      authenticator: accounts,
      board,
      ...(fileSystem ? { fileSystem } : ownDisk(this.#checked)),
      log,
      handshakes: handshakesOf(this.#checked),
      implicitTls: this.#checked.tls?.implicit,
      // Outside of the session that caused it: a listener that throws is the program's trouble, not the client's.
      emit: (event) => queueMicrotask(() => this.#publish(event)),
    });
  }

  async #ownAccounts(log: Log): Promise<Authenticator> {
    const accounts = await Promise.all(
      (this.#options.accounts ?? []).map(async (account) =>
        'password' in account ? withHash(account, await hashPassword(account.password)) : account,
      ),
    );
    const { accounts: checked } = checkFtpServiceOptions({ root: '.', accounts });
    return buildAuthenticator({ ...this.#checked, accounts: checked }, log);
  }

  #publish(event: FtpEvent): void {
    // TypeScript cannot see that the type of each event is the name under which its listeners wait for it.
    (this as EventEmitter<Record<string, [FtpEvent]>>).emit(event.type, event);
  }
}

function withHash(account: AccountOptions | AccountWithPassword, passwordHash: string): AccountOptions {
  if (!('password' in account)) return account;
  const { password: _password, ...rest } = account;
  return { ...rest, passwordHash };
}
