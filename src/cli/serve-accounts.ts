import { realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { Permission } from '../accounts/account.ts';
import { accountNameProblem } from '../accounts/account-name.ts';
import { ANONYMOUS_PERMISSIONS, type AnonymousAccess } from '../accounts/anonymous.ts';
import { PasswordFile } from '../accounts/password-file.ts';
import { PasswordFileError } from '../accounts/password-file-format.ts';
import { hashPassword } from '../accounts/password-hash.ts';
import { PERMISSION_PRESETS } from '../accounts/permissions.ts';
import type { FtpServiceOptions } from '../services/ftp-options.ts';
import { describeSystemError } from '../services/system-errors.ts';
import { Failure, UsageError } from './failure.ts';
import { randomPassword } from './random-password.ts';
import type { ServeFlags } from './serve-flags.ts';

/** Who may log in, for people: a line of the start message. */
export interface Visitor {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** In clear, to be shown once. */
  readonly password?: string;
}

export interface ServeAccounts {
  readonly options: Pick<FtpServiceOptions, 'anonymous' | 'accounts' | 'passwordFile' | 'passwordFileUsers'>;
  readonly visitors: readonly Visitor[];
  /** The accounts of the password file that may log in. */
  readonly fromFile?: { readonly path: string; readonly names: readonly string[] };
}

type AccountFlags = Pick<ServeFlags, 'user' | 'passwordFile' | 'anonymous' | 'writable'>;

/**
 * Decides who may log in: strangers, and either the accounts of a password file or one with a random password.
 * @param root real path of the directory that is served.
 * @throws UsageError for options that contradict each other, Failure for a password file that cannot be used.
 */
export async function decideAccounts(flags: AccountFlags, root: string): Promise<ServeAccounts> {
  const anonymous = anonymousAccess(flags);
  const strangers = anonymous ? [{ name: 'anonymous', permissions: ANONYMOUS_PERMISSIONS[anonymous] }] : [];
  if (flags.passwordFile !== undefined) {
    const path = resolve(flags.passwordFile);
    const names = await accountsOfFile(path, flags.user, root);
    return {
      options: { anonymous, passwordFile: path, ...(flags.user !== undefined && { passwordFileUsers: [flags.user] }) },
      visitors: strangers,
      fromFile: { path, names },
    };
  }
  const name = flags.user ?? 'ohai';
  const problem = accountNameProblem(name);
  if (problem) throw new UsageError(`the name '${name}' of --user ${problem}`);
  const password = randomPassword();
  return {
    options: {
      anonymous,
      accounts: [{ name, passwordHash: await hashPassword(password), permissions: 'read-write', administrator: true }],
    },
    visitors: [...strangers, { name, password, permissions: PERMISSION_PRESETS['read-write'] }],
  };
}

function anonymousAccess({ anonymous, writable, passwordFile }: AccountFlags): AnonymousAccess | false {
  // Who brings accounts has decided who may come in.
  const allowed = anonymous ?? passwordFile === undefined;
  if (allowed) return writable ? 'writable' : 'read-only';
  if (writable) throw new UsageError('--writable is for anonymous users, and there are none; add --anonymous');
  return false;
}

async function accountsOfFile(path: string, user: string | undefined, root: string): Promise<readonly string[]> {
  const names = await readNames(path);
  if (isInside(await realpath(path), root)) {
    throw new Failure(
      `password file ${path} lies inside the served folder, where clients could read it; ` +
        'move it elsewhere, or serve another folder with --root',
    );
  }
  if (user === undefined) return names;
  if (!names.includes(user)) throw new Failure(`password file ${path} has no account '${user}'`);
  return [user];
}

/** @throws Failure or PasswordFileError when the file cannot be used by the user that this process is now. */
export async function readNames(path: string): Promise<readonly string[]> {
  try {
    const file = await PasswordFile.open(path, { onError: () => {} });
    return file.names();
  } catch (error) {
    if (error instanceof PasswordFileError) throw error;
    throw new Failure(`password file ${path} ${describeSystemError(error)}`, { cause: error });
  }
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
