import type { Account } from '../accounts/account.ts';
import type { Authenticator } from '../accounts/authenticator.ts';
import type { Environment, FtpEvent, Log, ProtocolSettings } from '../protocol/environment.ts';
import { PassivePorts } from '../protocol/passive-ports.ts';
import { encodeReply, reply } from '../protocol/reply.ts';
import { Conversation } from '../protocol/serve-connection.ts';
import { newSession, type Session } from '../protocol/session.ts';
import type { ControlConnection, JsonValue, Service } from '../runtime/service.ts';
import { DiskFileSystem } from '../storage/disk.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import { buildAuthenticator } from './ftp-accounts.ts';
import type { CheckedFtpServiceOptions } from './ftp-options.ts';
import { protocolSettings } from './ftp-settings.ts';
import { createLog } from './log.ts';

/** What an FTP service is made of. */
export interface FtpServiceParts {
  readonly settings: ProtocolSettings;
  readonly passivePorts?: readonly [number, number];
  readonly authenticator: Authenticator;
  /** What an account with the home `/` sees. Other homes need its `within`. */
  readonly fileSystem: FileSystem;
  readonly log: Log;
  readonly emit?: (event: FtpEvent) => void;
  /** Closes what was opened for this service alone. */
  readonly dispose?: () => void;
}

/** The recipe's entry: makes the service from options that ftpServiceSpec has checked. */
export async function createService(options: JsonValue): Promise<Service> {
  const checked = options as unknown as CheckedFtpServiceOptions;
  const log = createLog(checked.log);
  return new FtpService({
    settings: protocolSettings(checked),
    ...(checked.passive.ports && { passivePorts: checked.passive.ports }),
    authenticator: await buildAuthenticator(checked, log),
    ...ownDisk(checked),
    log,
  });
}

/** The directory of the options as a storage that ends with the service. */
export function ownDisk(options: CheckedFtpServiceOptions): Pick<FtpServiceParts, 'fileSystem' | 'dispose'> {
  const { root, symlinks, brokenUploads, fsync } = options;
  const fileSystem = new DiskFileSystem({ root, symlinks, brokenUploads, fsync });
  return { fileSystem, dispose: () => fileSystem.close() };
}

/** FTP for any number of clients, in this process and thread. */
export class FtpService implements Service {
  readonly #environment: Environment;
  readonly #conversations = new Set<Conversation>();
  readonly #sessions = new Set<Session>();
  #arrivals = 0;
  #draining = false;
  readonly #dispose: () => void;

  constructor({ settings, passivePorts, authenticator, fileSystem, log, emit, dispose }: FtpServiceParts) {
    this.#environment = {
      settings,
      authenticator,
      storageFor: storageByHome(fileSystem),
      passivePorts: new PassivePorts(passivePorts && { range: passivePorts }),
      sessions: this.#sessions,
      emit: emit ?? (() => {}),
      log,
    };
    this.#dispose = dispose ?? (() => {});
  }

  serve({ stream, local, remote }: ControlConnection): Promise<void> {
    if (this.#draining) {
      stream.end(encodeReply(reply(421, 'The server is shutting down.')));
      return Promise.resolve();
    }
    this.#arrivals += 1;
    const session = newSession(`${process.pid.toString(36)}-${this.#arrivals.toString(36)}`, remote, local);
    this.#environment.log.debug('connected', { session: session.id, address: remote.address });
    const conversation = new Conversation(stream, session, this.#environment);
    this.#sessions.add(session);
    this.#conversations.add(conversation);
    // Not awaited: a suspended function for each idle client costs more than this one that is called at its end.
    return conversation.ended.then(() => {
      this.#conversations.delete(conversation);
      this.#sessions.delete(session);
    });
  }

  drain(): void {
    this.#draining = true;
    for (const conversation of this.#conversations) conversation.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#environment.passivePorts[Symbol.asyncDispose]();
    this.#dispose();
  }
}

/** One file system for each home, shared by all sessions that have it. */
function storageByHome(fileSystem: FileSystem): (account: Account) => FileSystem {
  const byHome = new Map<string, FileSystem>([['/', fileSystem]]);
  return ({ home }) => {
    let storage = byHome.get(home);
    if (storage === undefined) {
      if (!fileSystem.within) throw new StorageError('not-supported', 'the storage has no homes of its own');
      storage = fileSystem.within(home);
      byHome.set(home, storage);
    }
    return storage;
  };
}
