import { canonicalAddress } from './host-port.ts';
import type { Interruption } from './interruption.ts';
import { type PassiveLease, PassiveLeases } from './passive-leases.ts';
import type { PortRange } from './port-ledger.ts';
import { ReplyError } from './reply.ts';
import type { PortExchange } from './shared-range.ts';

export interface PassivePortsOptions {
  /** First and last port, 1…65535; absent: whatever the system gives. */
  readonly range?: PortRange;
  /** Whom to ask before a port of the range is bound that other units may want as well; absent: there are none. */
  readonly exchange?: PortExchange;
}

/**
 * The passive data ports of all sessions of a unit.
 *
 * A port serves one waiting session per client address at a time, and any number of addresses. So the sessions of one
 * address wait for each other when the range is small, but never for those of another one.
 */
export class PassivePorts implements AsyncDisposable {
  readonly #options: PassivePortsOptions;
  readonly #byLocalAddress = new Map<string, PassiveLeases>();
  #closed = false;
  /** Connections dropped because nobody waited for that address. */
  strangers = 0;

  constructor(options: PassivePortsOptions = {}) {
    this.#options = options;
    options.exchange?.onWanted((localAddress) => this.#byLocalAddress.get(localAddress)?.spare());
  }

  /**
   * Takes a port on which `clientAddress` is expected.
   * @param localAddress the address to listen on: the one that the client's control connection came to.
   * @param interruption ends the wait for a port.
   * @throws ReplyError 425 when no port becomes free in time, or the wait was ended.
   */
  async lease(clientAddress: string, localAddress: string, interruption?: Interruption): Promise<PassiveLease> {
    if (this.#closed) throw new ReplyError(425, 'The server is closing.');
    return this.#leasesOn(canonicalAddress(localAddress)).lease(canonicalAddress(clientAddress), interruption);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const leases of this.#byLocalAddress.values()) leases.close();
  }

  #leasesOn(localAddress: string): PassiveLeases {
    let leases = this.#byLocalAddress.get(localAddress);
    if (leases === undefined) {
      leases = new PassiveLeases(localAddress, this.#options, () => {
        this.strangers += 1;
      });
      this.#byLocalAddress.set(localAddress, leases);
    }
    return leases;
  }
}
