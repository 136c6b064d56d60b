import { type AccountDirectory, AccountList } from '../accounts/account-directory.ts';
import { AnonymousAuthenticator } from '../accounts/anonymous.ts';
import type { Authenticator } from '../accounts/authenticator.ts';
import { firstOf } from '../accounts/first-of.ts';
import { PasswordAuthenticator, type VerifyPassword } from '../accounts/password-authenticator.ts';
import { PasswordFile } from '../accounts/password-file.ts';
import type { Log } from '../protocol/environment.ts';
// Types only: units get options that are checked already, and are spared loading what checks them.
import type { CheckedFtpServiceOptions } from './ftp-options.ts';

export interface AuthenticatorParts {
  readonly verify?: VerifyPassword | undefined;
  readonly readFile?: ((path: string) => Promise<string>) | undefined;
}

/**
 * Makes what decides who may log in: anonymous users, the accounts of the options, those of the password file.
 * Holds nothing open.
 * @param log told when a password file breaks while the server runs.
 * @param how.verify how passwords are compared with hashes, if not as usual.
 * @param how.readFile reads the password file where this process may not open it.
 * @throws PasswordFileError for a line of the password file that is wrong; a system error when it cannot be read.
 */
export async function buildAuthenticator(
  options: CheckedFtpServiceOptions,
  log: Log,
  { verify, readFile }: AuthenticatorParts = {},
): Promise<Authenticator> {
  const directories: AccountDirectory[] = [
    new AccountList(options.accounts.map(({ passwordHash, ...account }) => ({ account, passwordHash }))),
  ];
  if (options.passwordFile !== undefined) {
    const file = await PasswordFile.open(options.passwordFile, {
      readElsewhere: readFile,
      onError: ({ message }) =>
        log.error('password file not usable, the accounts known before remain', { reason: message }),
    });
    directories.push(options.passwordFileUsers ? only(options.passwordFileUsers, file) : file);
  }
  const passwords = new PasswordAuthenticator(directories, undefined, verify);
  if (options.anonymous === false) return passwords;
  // Anonymous names never reach the passwords: no account can have them.
  const { anonymous: maxBytesPerSecond } = options.maxBytesPerSecond;
  const strangers = new AnonymousAuthenticator({
    access: options.anonymous,
    ...(maxBytesPerSecond !== undefined && { maxBytesPerSecond }),
  });
  return firstOf([strangers, passwords]);
}

function only(names: readonly string[], directory: AccountDirectory): AccountDirectory {
  return { find: async (name) => (names.includes(name) ? directory.find(name) : undefined) };
}
