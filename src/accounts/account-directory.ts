import type { Account } from './account.ts';

/** An account and what proves that a client may use it. */
export interface AccountRecord {
  readonly account: Account;
  /** As hashPassword makes it. */
  readonly passwordHash: string;
}

/** A place where accounts are found by name. It checks no password: that is PasswordAuthenticator's, once for all places. */
export interface AccountDirectory {
  /** @param name exactly as it was registered; upper and lower case differ. */
  find(name: string): Promise<AccountRecord | undefined>;
}

/** Accounts that are known from the start and never change. */
export class AccountList implements AccountDirectory {
  readonly #records: ReadonlyMap<string, AccountRecord>;

  constructor(records: readonly AccountRecord[]) {
    this.#records = new Map(records.map((record) => [record.account.name, record]));
  }

  async find(name: string): Promise<AccountRecord | undefined> {
    return this.#records.get(name);
  }
}
