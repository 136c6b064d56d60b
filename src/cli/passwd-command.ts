import { Command } from 'commander';
import type { Permission } from '../accounts/account.ts';
import { accountNameProblem } from '../accounts/account-name.ts';
import { parseByteRate } from '../accounts/byte-rate.ts';
import { parseHome } from '../accounts/home-directory.ts';
import { editPasswordFile, NotRegularFileError, type PasswordFileEdit } from '../accounts/password-file-edit.ts';
import { PasswordFileError } from '../accounts/password-file-format.ts';
import { hashPassword } from '../accounts/password-hash.ts';
import { parsePermissions } from '../accounts/permissions.ts';
import { describeSystemError } from '../services/system-errors.ts';
import { Failure, UsageError } from './failure.ts';
import type { HostProcess } from './host-process.ts';
import { argumentOf } from './option-arguments.ts';
import { readNewPassword } from './read-password.ts';

interface PasswdFlags {
  readonly home?: string;
  readonly permissions?: readonly Permission[];
  readonly administrator?: boolean;
  /** False: none any more. */
  readonly maxRate?: number | false;
  readonly delete?: boolean;
}

const EXAMPLES = `
The password is always asked for, or taken from the first line of standard input when that is no terminal.
An account that exists gets the new password and keeps the options that are not given. The file says itself
how it is to be edited by hand. Keep it outside the folder that is served. A home has to exist there:
/alice below is the folder /srv/ftp/alice.

Examples:
  ohai-ftpd passwd ../accounts.txt alice --permissions read-write --home /alice
  ohai-ftpd passwd ../accounts.txt alice --delete
  ohai-ftpd serve --root /srv/ftp --password-file ../accounts.txt
`;

/** `passwd`: writes the files that `serve --password-file` reads. */
export function passwdCommand(host: HostProcess): Command {
  return new Command('passwd')
    .summary('add, change or remove an account of a password file')
    .description('Adds an account to a password file, changes it or removes it. Running servers notice by themselves.')
    .argument('<file>', 'the password file; made when there is none')
    .argument('<user>', 'name of the account')
    .option(
      '--home <dir>',
      'directory below the root of the server that the account sees as / (new account: /)',
      argumentOf(parseHome),
    )
    .option(
      '--permissions <words>',
      'read-only, read-write, or a list with commas of: list read write delete rename make-directory change-metadata ' +
        '(new account: read-only)',
      argumentOf(parsePermissionList),
    )
    .option('--administrator', 'may see and end the sessions of others')
    .option('--no-administrator', 'may not (any more)')
    .option(
      '--max-rate <rate>',
      'bytes per second of all its transfers together; K, M, G: 1024 times',
      argumentOf(parseByteRate),
    )
    .option('--no-max-rate', 'no limit of its own (any more)')
    .option('--delete', 'remove the account')
    .addHelpText('after', EXAMPLES)
    .action((file: string, user: string, flags: PasswdFlags) => passwd(host, file, user, flags));
}

async function passwd(host: HostProcess, file: string, user: string, flags: PasswdFlags): Promise<void> {
  const problem = accountNameProblem(user);
  if (problem) throw new UsageError(`the name '${user}' ${problem}`);
  if (flags.delete) {
    if (Object.keys(flags).length > 1) throw new UsageError('--delete goes with no other option');
    const result = await edit(file, { action: 'remove', name: user });
    if (result === 'absent') throw new Failure(`${file} has no account '${user}'`);
    host.stdout.write(`removed ${user} from ${file}\n`);
    return;
  }
  const { home, permissions, administrator, maxRate } = flags;
  const maxBytesPerSecond = maxRate === false ? null : maxRate;
  const passwordHash = await hashPassword(await readNewPassword(host, user));
  const result = await edit(file, {
    action: 'set',
    name: user,
    passwordHash,
    home,
    permissions,
    administrator,
    maxBytesPerSecond,
  });
  host.stdout.write(result === 'added' ? `added ${user} to ${file}\n` : `changed ${user} in ${file}\n`);
}

async function edit(file: string, change: PasswordFileEdit) {
  try {
    return await editPasswordFile(file, change);
  } catch (error) {
    if (error instanceof PasswordFileError || error instanceof NotRegularFileError) throw error;
    throw new Failure(`${file} ${describeSystemError(error)}`, { cause: error });
  }
}

function parsePermissionList(list: string): readonly Permission[] {
  const permissions = parsePermissions(list.split(',').flatMap((word) => word.trim() || []));
  if (permissions.length === 0) throw new Error('no permission is named');
  return permissions;
}
