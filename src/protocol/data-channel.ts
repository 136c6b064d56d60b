import { connect, type Socket } from 'node:net';
import type { Direction } from '../tls/data-protection.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import { letGo } from '../transfer/let-go.ts';
import { descriptorOf, resetShared } from '../transfer/shared-socket.ts';
import type { Environment } from './environment.ts';
import { canonicalAddress } from './host-port.ts';
import { Interruption } from './interruption.ts';
import type { PassiveLease } from './passive-leases.ts';
import { readyForTransfer } from './protected-data.ts';
import { ReplyError } from './reply.ts';
import type { Endpoint, Session } from './session.ts';

/** PORT/EPRT and PASV/EPSV prepare it, a transfer opens and closes it (RFC 959 section 3.2). */
type State =
  | { readonly state: 'idle' }
  | { readonly state: 'listening'; readonly lease: PassiveLease; readonly expiry: NodeJS.Timeout }
  | { readonly state: 'dialling'; readonly to: Endpoint }
  | { readonly state: 'open'; readonly socket: Socket }
  /** Another thread moves the data, on a descriptor of its own; here, the connection is only kept from ending. */
  | { readonly state: 'lent'; readonly socket: Socket };

const IDLE: State = { state: 'idle' };

/** A passive port that no transfer asks for is given back after this. */
const UNUSED_LEASE_MS = 60_000;

type ChannelSession = Pick<Session, 'id' | 'client' | 'server' | 'security'>;
type ChannelEnvironment = Pick<Environment, 'settings' | 'passivePorts' | 'handshakes' | 'log'>;

/** A client that is there answers at once; to wait longer would only tie up the session (security rule S6). */
const LONGEST_DIAL_MS = 15_000;

/** What a command does with the data connection of its session, in whatever thread it runs. */
export type CommandData = Pick<DataChannel, 'active' | 'listen' | 'dialTo' | 'demandPrepared' | 'open' | 'close'>;

/** The data connection of one session. At most one at a time; preparing another one drops the first. */
export class DataChannel implements Disposable {
  readonly #session: ChannelSession;
  readonly #environment: ChannelEnvironment;
  #state: State = IDLE;
  #disposed = false;

  constructor(session: ChannelSession, environment: ChannelEnvironment) {
    this.#session = session;
    this.#environment = environment;
  }

  /** Prepared or open: there is something for ABOR to close. */
  get active(): boolean {
    return this.#state.state !== 'idle';
  }

  /**
   * Waits for the client on a passive port.
   * @param interruption ends the wait for a port that is free.
   * @returns the port to announce. @throws ReplyError 425 when there is none.
   */
  async listen(interruption: Interruption): Promise<number> {
    // First: sessions that kept their port until they had another one would wait for each other. The port rests, so it
    // cannot be the one that is announced next, and a connection that was made to it is not taken for the new one.
    this.close();
    const { client, server } = this.#session;
    const lease = await this.#environment.passivePorts.lease(client.address, server.address, interruption);
    if (this.#disposed) {
      lease.release();
      throw new ReplyError(425, 'The session is over.');
    }
    const expiry = setTimeout(() => this.close(), UNUSED_LEASE_MS).unref();
    this.#state = { state: 'listening', lease, expiry };
    return lease.port;
  }

  /** Will connect to the client, when a transfer begins. Nothing is sent to `to` before that. */
  dialTo(to: Endpoint): void {
    this.close();
    this.#state = { state: 'dialling', to };
  }

  /** @throws ReplyError 425 when neither PORT nor PASV came before. To be asked before the 150. */
  demandPrepared(): void {
    if (!this.active) throw notPrepared();
  }

  /**
   * The connection to move data over, protected as the client has asked for. It ends with an error when no octet moves for the
   * stall time. @throws ReplyError 425 when it cannot be made in time, 522 when it cannot be protected; DataConnectionError
   *   when the command is interrupted.
   */
  async open(direction: Direction, interruption: Interruption): Promise<Socket> {
    const carrier = await this.#connect(interruption);
    this.#state = { state: 'open', socket: carrier };
    const owner = { session: this.#session, environment: this.#environment };
    const socket = await readyForTransfer(carrier, direction, owner, interruption);
    this.#state = { state: 'open', socket };
    return socket;
  }

  /**
   * Makes the connection for another thread, which is to duplicate its descriptor. That stays open until close() or
   * takeBack(), whatever becomes of the session: a number that stood for another connection by then would be the worst.
   * @returns the descriptor. @throws as open() does, but for 522: the other thread protects it.
   */
  async lend(interruption: Interruption): Promise<number> {
    const socket = await this.#connect(interruption);
    this.#state = { state: 'lent', socket };
    return descriptorOf(socket);
  }

  /**
   * Ends the connection with a reset, or what was prepared for one: an orderly end would pass for the end of the file (wire
   * rule W6).
   */
  cutOff(): void {
    const was = this.#state;
    if (was.state === 'open' || was.state === 'lent') {
      this.#state = IDLE;
      resetShared(was.socket);
    } else {
      this.close();
    }
  }

  /** The thread that borrowed the connection will not use it any more. If it has not closed it, something went wrong. */
  takeBack(): void {
    if (this.#state.state === 'lent') this.cutOff();
  }

  /** Back to idle, whatever it was doing. */
  close(): void {
    const was = this.#state;
    this.#state = IDLE;
    switch (was.state) {
      case 'listening':
        clearTimeout(was.expiry);
        was.lease.release();
        break;
      case 'open':
        letGo(was.socket);
        break;
      case 'lent':
        was.socket.destroy();
        break;
    }
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    if (this.#state.state !== 'lent') this.close();
  }

  async #connect(interruption: Interruption): Promise<Socket> {
    this.demandPrepared();
    const prepared = this.#state;
    // Most clients connect before they say what for.
    const arrived = prepared.state === 'listening' && !interruption.aborted ? prepared.lease.arrived : undefined;
    // From here on the timeout of the data connection counts.
    if (prepared.state === 'listening') clearTimeout(prepared.expiry);
    return arrived ?? (await this.#connected(prepared, interruption));
  }

  async #connected(prepared: State, interruption: Interruption): Promise<Socket> {
    const attempt = new Interruption();
    const giveUp = () => attempt.abort();
    const patienceMs = this.#environment.settings.timeouts.dataConnectionMs;
    const timer = setTimeout(
      giveUp,
      prepared.state === 'dialling' ? Math.min(patienceMs, LONGEST_DIAL_MS) : patienceMs,
    );
    const deaf = interruption.onAbort(giveUp);
    try {
      switch (prepared.state) {
        case 'listening':
          return await unlessAborted(prepared.lease.connection, attempt);
        case 'dialling':
          // From the address that the client knows: its firewall may let in no other one.
          return await dial(prepared.to, canonicalAddress(this.#session.server.address), attempt);
        default:
          throw new ReplyError(425, 'No data connection.');
      }
    } catch (cause) {
      this.close();
      if (interruption.aborted) throw new DataConnectionError('broken', { cause });
      // One text for refused, unreachable and timed out: this server is no port scanner (RFC 2577 section 3).
      throw new ReplyError(425, 'Cannot open the data connection.');
    } finally {
      clearTimeout(timer);
      deaf();
    }
  }
}

export function notPrepared(): ReplyError {
  return new ReplyError(425, 'Use PASV, EPSV, PORT or EPRT first.');
}

function dial({ address, port }: Endpoint, localAddress: string, attempt: Interruption): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, localAddress, allowHalfOpen: true, noDelay: true });
    // What is read here, a thread that the connection is lent to would miss.
    socket.pause();
    socket.on('error', reject);
    const deaf = attempt.onAbort(() => socket.destroy(new Error('given up')));
    socket.once('connect', () => {
      deaf();
      resolve(socket);
    });
  });
}

/** The promise, or a rejection as soon as the attempt is given up. */
function unlessAborted<T>(promise: Promise<T>, attempt: Interruption): Promise<T> {
  return new Promise((resolve, reject) => {
    const deaf = attempt.onAbort(() => reject(new Error('given up')));
    void promise.then((value) => {
      deaf();
      resolve(value);
    });
  });
}
