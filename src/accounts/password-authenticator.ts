import type { Account } from './account.ts';
import type { AccountDirectory, AccountRecord } from './account-directory.ts';
import type { Authenticator, Credentials } from './authenticator.ts';
import { decoyPasswordHash, verifyPassword } from './password-hash.ts';

/**
 * Lets in whoever knows the password of an account. One authenticator looks through all directories, so that every
 * attempt, for whatever name, costs exactly one password check (S15).
 */
export class PasswordAuthenticator implements Authenticator {
  readonly #directories: readonly AccountDirectory[];
  readonly #decoy = decoyPasswordHash();

  /** @param directories searched in this order; the first one that knows the name decides. */
  constructor(directories: readonly AccountDirectory[]) {
    this.#directories = directories;
  }

  async authenticate({ user, password }: Credentials): Promise<Account | undefined> {
    const record = await this.#find(user);
    const correct = await verifyPassword(password, record?.passwordHash ?? this.#decoy);
    return correct ? record?.account : undefined;
  }

  async #find(name: string): Promise<AccountRecord | undefined> {
    for (const directory of this.#directories) {
      const record = await directory.find(name);
      if (record) return record;
    }
    return undefined;
  }
}
