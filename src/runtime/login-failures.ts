import type { BanPolicy } from './board.ts';
import { FadingMap } from './fading-map.ts';

const DEFAULT_WINDOW_MS = 10 * 60_000;
/** Users, and addresses, that are remembered. */
const DEFAULT_CAPACITY = 10_000;
/** Counting stops here, unless a ban takes more: nobody reacts to the hundred-and-first in another way. */
const COUNTED_AT_MOST = 100;
/** A client may send a name of many kilobytes; those are counted as one, so that they don't fill the memory. */
const LONGEST_NAME = 256;
const LONG_NAMES = 'x'.repeat(LONGEST_NAME + 1);

interface AddressRecord {
  /** When passwords were wrong; the last of them, oldest first. */
  readonly failedAtMs: readonly number[];
  readonly bannedUntilMs: number;
  /** How often it was banned; makes the next ban longer. */
  readonly bans: number;
}

const UNKNOWN: AddressRecord = { failedAtMs: [], bannedUntilMs: Number.NEGATIVE_INFINITY, bans: 0 };

/**
 * Counts wrong passwords (S15), and bans addresses that guess.
 *
 * By user and by address: an attacker with many addresses shows in the user, one who tries many users in the address. Only
 * addresses are banned; else anybody could lock out anybody.
 *
 * What is remembered is bounded. An attacker with thousands of networks may get its own record dropped for them, which
 * costs it more than waiting for the end of the ban.
 */
export class LoginFailures {
  readonly #bans: BanPolicy | undefined;
  readonly #now: () => number;
  readonly #windowMs: number;
  readonly #users: FadingMap<readonly number[]>;
  readonly #addresses: FadingMap<AddressRecord>;

  /**
   * @param bans without it, failures of the last ten minutes are counted and nobody is banned.
   * @param now in milliseconds.
   * @param capacity users, and addresses, to remember at most; those with the oldest failures are dropped for others.
   */
  constructor(bans: BanPolicy | undefined, now: () => number, capacity = DEFAULT_CAPACITY) {
    this.#bans = bans;
    this.#now = now;
    this.#windowMs = bans?.withinMs ?? DEFAULT_WINDOW_MS;
    // A ban begins with a failure and lasts for longestMs at most; so at its end the address has at least as long again
    // to fail before its former bans are forgotten.
    const quietMs = Math.max(this.#windowMs, 2 * (bans?.longestMs ?? 0));
    this.#users = new FadingMap(this.#windowMs, capacity, now);
    this.#addresses = new FadingMap(quietMs, capacity, now);
  }

  /**
   * A password was wrong; this may get the address banned.
   * @param address its group; absent when it is no longer known.
   * @returns the recent failures of the user or of the address, whichever are more; this one included.
   */
  record(user: string, address: string | undefined): number {
    const ofAddress = address === undefined ? 0 : this.#recordAddress(address);
    return Math.max(this.#recordUser(nameKey(user)), ofAddress);
  }

  /**
   * The user has logged in: it was its owner who mistyped. The count of the address stays: an attacker with an account
   * of its own, or with the anonymous one, would log in now and then and guess for ever.
   */
  forgive(user: string): void {
    this.#users.delete(nameKey(user));
  }

  /** @param address its group. */
  isBanned(address: string): boolean {
    const record = this.#addresses.get(address);
    return record !== undefined && this.#now() < record.bannedUntilMs;
  }

  #recordUser(key: string): number {
    const failedAtMs = this.#withThisFailure(this.#users.get(key) ?? []);
    this.#users.set(key, failedAtMs);
    return failedAtMs.length;
  }

  #recordAddress(address: string): number {
    const before = this.#addresses.get(address) ?? UNKNOWN;
    const failedAtMs = this.#withThisFailure(before.failedAtMs);
    this.#addresses.set(address, this.#judged({ ...before, failedAtMs }));
    return failedAtMs.length;
  }

  /**
   * Each failure counts for one ban at most. Clients that were connected before may fail on during the ban: that neither
   * makes it longer nor counts for the next one, or a burst on many connections would be punished many times.
   */
  #judged(record: AddressRecord): AddressRecord {
    if (this.#bans === undefined) return record;
    const { failures, firstMs, longestMs } = this.#bans;
    const sinceLastBan = record.failedAtMs.filter((atMs) => atMs >= record.bannedUntilMs);
    if (sinceLastBan.length < failures) return record;
    const bannedUntilMs = this.#now() + Math.min(firstMs * 2 ** record.bans, longestMs);
    return { ...record, bannedUntilMs, bans: record.bans + 1 };
  }

  #withThisFailure(failedAtMs: readonly number[]): number[] {
    const now = this.#now();
    const recent = failedAtMs.filter((atMs) => now - atMs < this.#windowMs);
    return [...recent, now].slice(-Math.max(COUNTED_AT_MOST, this.#bans?.failures ?? 0));
  }
}

function nameKey(user: string): string {
  return user.length > LONGEST_NAME ? LONG_NAMES : user;
}
