import type { Socket } from 'node:net';
import type { Direction } from '../tls/data-protection.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import { letGo } from '../transfer/let-go.ts';
import { socketOfDescriptor } from '../transfer/shared-socket.ts';
import { type CommandData, notPrepared } from './data-channel.ts';
import type { Interruption } from './interruption.ts';
import type { LineToLoop } from './line-to-loop.ts';
import { type DataOwner, readyForTransfer } from './protected-data.ts';
import type { Endpoint } from './session.ts';

/**
 * The data connection of a session whose DataChannel is on the event loop, for a command that runs in this thread. Ports and
 * connecting are left to that one; the octets are moved here, on a descriptor of this thread's own.
 */
export class RemoteDataChannel implements CommandData {
  readonly #line: LineToLoop;
  readonly #owner: DataOwner;
  #active: boolean;
  #socket: Socket | undefined;

  /** @param active what the DataChannel says of itself. */
  constructor(line: LineToLoop, active: boolean, owner: DataOwner) {
    this.#line = line;
    this.#active = active;
    this.#owner = owner;
  }

  get active(): boolean {
    return this.#active;
  }

  /** The loop itself ends the wait when the command is aborted. */
  async listen(): Promise<number> {
    this.#active = false;
    const port = await this.#line.call('listen');
    this.#active = true;
    return port;
  }

  dialTo(to: Endpoint): void {
    this.#active = true;
    this.#line.tell('dialTo', to);
  }

  demandPrepared(): void {
    if (!this.#active) throw notPrepared();
  }

  async open(direction: Direction, interruption: Interruption): Promise<Socket> {
    this.demandPrepared();
    const { handshakes } = this.#owner.environment;
    const { descriptor, tls } = await this.#line.call('lend', handshakes?.current.edition);
    if (tls) handshakes?.renew(tls.options, tls.edition);
    if (interruption.aborted) throw new DataConnectionError('broken');
    const carrier = socketOfDescriptor(descriptor);
    // Whoever reads or writes hears of it as well; an error event that nobody hears ends the thread.
    carrier.on('error', () => {});
    this.#socket = carrier;
    this.#socket = await readyForTransfer(carrier, direction, this.#owner, interruption);
    return this.#socket;
  }

  close(): void {
    if (!this.#active) return;
    this.#active = false;
    if (this.#socket) letGo(this.#socket);
    this.#socket = undefined;
    this.#line.tell('close');
  }
}
