import type { PortRange } from './port-ledger.ts';

/** Who may bind which port, where several units draw on one range. The same as the runtime's interface of this name. */
export interface PortExchange {
  /**
   * @param wish.address the local one that the port will be bound to. @param wish.except ports that are of no use.
   * @param wish.waitMs 0: only what is free at once.
   * @returns a port that no other unit has, until it is given back; undefined when none became free within `waitMs`,
   *   and not before. @throws when the exchange is out of reach.
   */
  acquire(
    range: PortRange,
    wish: { readonly address: string; readonly except: readonly number[]; readonly waitMs: number },
  ): Promise<number | undefined>;
  giveBack(port: number, address: string): void;
  /** @param spare called when another unit is in want of a port: give back one, now or as soon as possible. */
  onWanted(spare: (address: string) => void): void;
}

/** What this unit has of a range that other units draw on too, on one local address. */
export class SharedRange {
  readonly #exchange: PortExchange;
  readonly #localAddress: string;
  readonly #range: PortRange;
  readonly #ours = new Set<number>();
  /** Another unit is in want of a port, and this one has given none back since. */
  wanted = false;

  constructor(exchange: PortExchange, localAddress: string, range: PortRange) {
    this.#exchange = exchange;
    this.#localAddress = localAddress;
    this.#range = range;
  }

  /** @param except ports that are of no use. @param waitMs 0: only what is free at once. */
  async acquire(except: readonly number[], waitMs: number): Promise<number | undefined> {
    const port = await this.#exchange.acquire(this.#range, { address: this.#localAddress, except, waitMs });
    if (port !== undefined) this.#ours.add(port);
    return port;
  }

  /** May be called again. */
  giveBack(port: number): void {
    if (!this.#ours.delete(port)) return;
    this.wanted = false;
    this.#exchange.giveBack(port, this.#localAddress);
  }
}
