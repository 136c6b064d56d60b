/** Data connections. */
import type { Hash } from 'node:crypto';
import { kindOf } from '../operation-error.ts';
import { PERIOD, storePattern } from '../store-pattern.ts';
import type { Poller, Watcher } from './poller.ts';
import {
  type ConnectionSettings,
  discard,
  Memory,
  openConnection,
  receive,
  type SocketAddress,
  transmit,
} from './system-calls.ts';

/** Of one connection, before others get their turn. */
const AT_ONCE = 1 << 30;
/** Stays in the processor's cache between recv(2) and whoever looks at it. */
const LOOK_OCTETS = 256 * 1024;
const SEND_OCTETS = 512 * 1024;
/** A large file need not wake the client for each packet. */
const LOW_WATER = 512 * 1024;
/** How often a slow reader reads: a few of its packets at a time. */
const SLOW_TICK_MS = 50;
/** Small, so that it is the server that has to wait. The kernel doubles it. */
const SLOW_BUFFER = 32 * 1024;

let looked: Memory | undefined;
let pattern: Memory | undefined;

/** Who follows a transfer. */
export interface Transfer {
  /** So many octets more. */
  moved(octets: number): void;
}

/** What becomes of what is received. */
export type Use =
  | { readonly kind: 'count' }
  | { readonly kind: 'hash'; readonly hash: Hash }
  /** All of it is kept. */
  | { readonly kind: 'text'; readonly chunks: Buffer[] };

/** What has come of a transfer: never an exception, for the reply to the command is waited for first. */
export interface Ending {
  readonly octets: number;
  /** Why it ended before its time. */
  readonly trouble?: string;
}

/** The common part: one descriptor, one end. */
abstract class Data implements Watcher {
  readonly done: Promise<Ending>;
  protected readonly poller: Poller;
  protected readonly transfer: Transfer;
  protected fd: number;
  protected octets = 0;
  #finish!: (ending: Ending) => void;

  constructor(poller: Poller, transfer: Transfer, to: SocketAddress, settings: ConnectionSettings) {
    this.poller = poller;
    this.transfer = transfer;
    this.fd = openConnection(to, settings);
    this.done = new Promise((resolve) => (this.#finish = resolve));
  }

  abstract ready(): void;

  /** Ends it, whatever is missing. */
  close(trouble?: string): void {
    if (this.fd === -1) return;
    this.poller.close(this.fd);
    this.fd = -1;
    this.#finish({ octets: this.octets, ...(trouble !== undefined && { trouble }) });
  }

  protected count(octets: number): void {
    this.octets += octets;
    this.transfer.moved(octets);
  }

  /** @param move one system call. @returns what it does, undefined when there is nothing to do, or no more. */
  protected attempt(move: () => number | undefined): number | undefined {
    try {
      return move();
    } catch (error) {
      this.close(kindOf(error));
      return undefined;
    }
  }
}

export interface DownloadSettings {
  readonly from: SocketAddress | undefined;
  /** As far as it is known. */
  readonly octets: number;
  readonly use: Use;
  readonly octetsPerSecond: number | undefined;
}

export class Download extends Data {
  readonly #use: Use;
  readonly #slow: number | undefined;
  readonly #began = performance.now();

  constructor(poller: Poller, transfer: Transfer, to: SocketAddress, settings: DownloadSettings) {
    const { from, octets, use, octetsPerSecond } = settings;
    const isSlow = octetsPerSecond !== undefined;
    super(poller, transfer, to, {
      from,
      receiveBuffer: isSlow ? SLOW_BUFFER : undefined,
      lowWater: !isSlow && octets >= 4 * LOW_WATER ? LOW_WATER : undefined,
    });
    looked ??= Memory.of(LOOK_OCTETS);
    this.#use = use;
    this.#slow = octetsPerSecond;
    poller.watch(this.fd, 'read', this);
  }

  ready(): void {
    if (this.fd === -1) return;
    if (this.#slow === undefined) this.#read(AT_ONCE);
    else this.#readSlowly(this.#slow);
  }

  /** @returns whether it goes on. */
  #read(octets: number): boolean {
    const use = this.#use;
    const count = this.attempt(() =>
      use.kind === 'count' ? discard(this.fd, octets) : receive(this.fd, looked!, Math.min(octets, LOOK_OCTETS)),
    );
    if (count === undefined) return this.fd !== -1;
    if (count === 0) {
      this.close();
      return false;
    }
    if (use.kind === 'hash') use.hash.update(looked!.octets.subarray(0, count));
    if (use.kind === 'text') use.chunks.push(Buffer.from(looked!.octets.subarray(0, count)));
    this.count(count);
    return true;
  }

  /** As much as is due by now; then not before the next tick, so that what the server sends meanwhile stays where it is. */
  #readSlowly(octetsPerSecond: number): void {
    const due = Math.floor(((performance.now() - this.#began) / 1e3) * octetsPerSecond) - this.octets;
    if (due > 0 && !this.#read(due)) return;
    this.poller.pause(this.fd);
    setTimeout(() => this.fd !== -1 && this.poller.resume(this.fd, 'read'), SLOW_TICK_MS);
  }
}

/** Sends the pattern, when it is told to. */
export class Upload extends Data {
  readonly #total: number;

  constructor(
    poller: Poller,
    transfer: Transfer,
    to: SocketAddress,
    settings: { readonly from: SocketAddress | undefined; readonly octets: number },
  ) {
    super(poller, transfer, to, settings);
    pattern ??= new Memory(storePattern);
    this.#total = settings.octets;
  }

  /** The server has said that it is ready. */
  begin(): void {
    this.poller.watch(this.fd, 'write', this);
  }

  ready(): void {
    while (this.fd !== -1 && this.octets < this.#total) {
      const start = this.octets % PERIOD;
      const octets = Math.min(SEND_OCTETS, PERIOD - start, this.#total - this.octets);
      const count = this.attempt(() => transmit(this.fd, pattern!, start, octets));
      if (count === undefined) return;
      this.count(count);
      if (count < octets) return;
    }
    this.close();
  }
}
