import type { Account } from './account.ts';
import type { AccountDirectory, AccountRecord } from './account-directory.ts';
import type { Authenticator, ClientCertificate, Credentials, LoginClient } from './authenticator.ts';
import { HashingQueue } from './hashing-queue.ts';
import { decoyPasswordHash, verifyPassword } from './password-hash.ts';

/**
 * Of everybody who logs in here. Two leave half of Node's four threads to those who read and write files; and as many
 * wait as can have their turn within a usual login timeout.
 */
const QUEUE = new HashingQueue({ atOnce: 2, waiting: 1_024, waitingPerClient: 400 });

/** verifyPassword, or another one with its results. */
export type VerifyPassword = (password: string, hash: string) => boolean | Promise<boolean>;

/**
 * Lets in whoever knows the password of an account. One authenticator looks through all directories, so that every
 * attempt, for whatever name, costs exactly one password check (S15).
 */
export class PasswordAuthenticator implements Authenticator {
  readonly #directories: readonly AccountDirectory[];
  readonly #queue: HashingQueue;
  readonly #verify: VerifyPassword;
  #decoy: string | undefined;

  /**
   * @param directories searched in this order; the first one that knows the name decides.
   * @param queue where attempts wait for their turn (default: one for all authenticators of the thread).
   * @param verify compares a password with a hash (default: on a thread that Node keeps for such work).
   */
  constructor(directories: readonly AccountDirectory[], queue = QUEUE, verify: VerifyPassword = verifyPassword) {
    this.#directories = directories;
    this.#queue = queue;
    this.#verify = verify;
  }

  authenticate({ user, password }: Credentials, client: LoginClient): Promise<Account | undefined> {
    // Strangers wait for their turn as well: neither the clock nor a refusal tells them from users.
    return this.#queue.run(client.address, () => this.#check(user, password), client.signal);
  }

  /** A certificate is that of the user whose name it bears. */
  async authenticateByCertificate(user: string, { name }: ClientCertificate): Promise<Account | undefined> {
    return name === user ? (await this.#find(user))?.account : undefined;
  }

  async #check(user: string, password: string): Promise<Account | undefined> {
    const record = await this.#find(user);
    // Made for everybody alike, so that the time it takes tells nothing.
    this.#decoy ??= decoyPasswordHash();
    const correct = await this.#verify(password, record?.passwordHash ?? this.#decoy);
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
