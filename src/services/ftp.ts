import type { Authenticator } from '../accounts/authenticator.ts';
import { activityOf } from '../protocol/commands/status.ts';
import type { Environment, FtpEvent, Log, ProtocolSettings } from '../protocol/environment.ts';
import { PassivePorts } from '../protocol/passive-ports.ts';
import { Conversation, sayGoodbye } from '../protocol/serve-connection.ts';
import { newSession } from '../protocol/session.ts';
import type { Board, Seat } from '../runtime/board.ts';
import type { PortExchange } from '../runtime/port-exchange.ts';
import { type Rates, SharedRates } from '../runtime/rates.ts';
import type { ControlConnection, JsonValue, RequestPool, Service, ServiceHost } from '../runtime/service.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { rememberUnixNames } from '../storage/unix-names.ts';
import type { Handshakes } from '../tls/handshakes.ts';
import { buildAuthenticator } from './ftp-accounts.ts';
import type { CheckedFtpServiceOptions } from './ftp-options.ts';
import { presencesOf } from './ftp-presences.ts';
import { ratesOf } from './ftp-rates.ts';
import { handshakesOf, protocolSettings } from './ftp-settings.ts';
import { ownDisk, storageByHome } from './ftp-storage.ts';
import { createLog } from './log.ts';

export { createRequestWorker } from './ftp-request-worker.ts';

type ImplicitTls = NonNullable<CheckedFtpServiceOptions['tls']>['implicit'];

/** What an FTP service is made of. */
export interface FtpServiceParts {
  readonly settings: ProtocolSettings;
  readonly passivePorts?: readonly [number, number];
  readonly authenticator: Authenticator;
  /** What an account with the home `/` sees. Other homes need its `within`. */
  readonly fileSystem: FileSystem;
  /** Everybody whom the server serves, here and in its other units. */
  readonly board: Board;
  readonly log: Log;
  /** Absent: no TLS. */
  readonly handshakes?: Handshakes | undefined;
  /** Where clients begin with the handshake. */
  readonly implicitTls?: ImplicitTls | undefined;
  readonly emit?: (event: FtpEvent) => void;
  /** Threads for the commands; absent: they run where the service is. */
  readonly requests?: RequestPool;
  /** Who has which port of the range; absent: there is no other unit. */
  readonly portExchange?: PortExchange;
  /** Limits to how fast files move that are shared with other units; absent: there is no other unit. */
  readonly rates?: Rates;
  /** Closes what was opened for this service alone. */
  readonly dispose?: () => void;
}

/** The recipe's entry: makes the service from options that ftpServiceSpec has checked. */
export async function createService(
  options: JsonValue,
  { board, requests, ports, rates, readFile }: ServiceHost,
): Promise<Service> {
  const checked = options as unknown as CheckedFtpServiceOptions;
  const log = createLog(checked.log);
  return new FtpService({
    settings: protocolSettings(checked),
    ...(checked.passive.ports && { passivePorts: checked.passive.ports }),
    authenticator: await buildAuthenticator(checked, log, { readFile }),
    ...ownDisk(checked),
    board,
    log,
    handshakes: handshakesOf(checked),
    implicitTls: checked.tls?.implicit,
    ...(requests && { requests }),
    ...(ports && { portExchange: ports }),
    ...(rates && { rates }),
  });
}

/** Listings name the owners of files. */
export function beforeConfinement(): void {
  rememberUnixNames();
}

/** FTP for any number of clients, in this process and thread. */
export class FtpService implements Service {
  readonly #environment: Environment;
  readonly #conversations = new Set<Conversation>();
  /** By the ids of the sessions. */
  readonly #seats = new Map<string, Seat>();
  #draining = false;
  readonly #implicit: ImplicitTls;
  readonly #dispose: () => void;

  constructor(parts: FtpServiceParts) {
    const { settings, passivePorts, portExchange, authenticator, fileSystem, board, log, emit, requests, dispose } =
      parts;
    const { rates = new SharedRates(), handshakes } = parts;
    this.#environment = {
      settings,
      authenticator,
      storageFor: storageByHome(fileSystem),
      passivePorts: new PassivePorts({
        ...(passivePorts && { range: passivePorts }),
        ...(portExchange && { exchange: portExchange }),
      }),
      presences: presencesOf(this.#seats, board),
      rates: ratesOf(rates),
      emit: emit ?? (() => {}),
      log,
      ...(handshakes && { handshakes }),
      ...(requests && { requests }),
    };
    this.#implicit = parts.implicitTls ?? 'nowhere';
    this.#dispose = dispose ?? (() => {});
  }

  #beginsAt(entrance: number): 'clear' | 'protected' {
    const implicit = this.#implicit === 'everywhere' || (this.#implicit === 'at-further-addresses' && entrance > 0);
    return implicit ? 'protected' : 'clear';
  }

  serve({ stream, local, remote, entrance, seat }: ControlConnection): Promise<void> {
    if (this.#draining) return sayGoodbye(stream);
    const session = newSession(seat.id, remote, local);
    this.#environment.log.debug('connected', { session: session.id, address: remote.address });
    const conversation = new Conversation(stream, session, this.#environment, this.#beginsAt(entrance));
    seat.activity = () => activityOf(session, Date.now());
    seat.kick = () => conversation.kick();
    this.#seats.set(session.id, seat);
    this.#conversations.add(conversation);
    // Not awaited: a suspended function for each idle client costs more than this one that is called at its end.
    return conversation.ended.then(() => {
      this.#conversations.delete(conversation);
      this.#seats.delete(session.id);
    });
  }

  /** Certificates change; how they are used does not. */
  reconfigure(options: JsonValue): void {
    const { tls } = options as unknown as CheckedFtpServiceOptions;
    if (tls) this.#environment.handshakes?.renew(tls);
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
