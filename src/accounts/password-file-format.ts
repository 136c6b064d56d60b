import type { AccountRecord } from './account-directory.ts';
import { accountNameProblem } from './account-name.ts';
import { formatByteRate, parseByteRate } from './byte-rate.ts';
import { parseHome } from './home-directory.ts';
import { isPasswordHash } from './password-hash.ts';
import { PERMISSION_PRESETS, parsePermissions, permissionWords } from './permissions.ts';

/** The comment at the head of a new password file: all that one needs to edit it by hand. */
export const PASSWORD_FILE_HEADER = `\
# Accounts of ohai-ftpd, one per line:
#
#   name:password:permissions:home
#
# password     an scrypt hash; \`ohai-ftpd passwd FILE NAME\` makes it
# permissions  words with commas between them: read-only (the default), read-write, or some of
#              list read write delete rename make-directory change-metadata;
#              administrator in addition lets an account see and end the sessions of others;
#              max-rate=500K limits its transfers to so many bytes per second
# home         the directory that the account sees as /, below the root of the server (default: /)
#
# A running server takes changes up by itself. Keep this file outside of the directory that is served.
`;

/** Words in the place of the permissions that are none: they say something about the account. */
const ADMINISTRATOR = 'administrator';
const MAX_RATE = 'max-rate=';

/** A line of a password file. Lines without a record are comments or empty. */
export interface PasswordFileLine {
  readonly text: string;
  readonly record?: AccountRecord;
}

/** A password file that cannot be understood. The message names the file and the line. */
export class PasswordFileError extends Error {
  override readonly name = 'PasswordFileError';
  /** Counts from 1. */
  readonly line: number;

  constructor(path: string, line: number, problem: string) {
    super(`${path} line ${line}: ${problem}`);
    this.line = line;
  }
}

/**
 * Reads the text of a password file.
 * @param path for error messages only.
 * @throws PasswordFileError for the first line that is wrong.
 */
export function parsePasswordFile(text: string, path: string): readonly PasswordFileLine[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const firstUse = new Map<string, number>();
  return lines.map((line, index) => {
    const number = index + 1;
    try {
      const record = parseLine(line.trim());
      if (!record) return { text: line };
      const { name } = record.account;
      if (firstUse.has(name)) throw new Error(`account '${name}' stands in line ${firstUse.get(name)} already`);
      firstUse.set(name, number);
      return { text: line, record };
    } catch (error) {
      throw new PasswordFileError(path, number, (error as Error).message);
    }
  });
}

/** The line of a password file for an account. */
export function formatPasswordFileLine({
  account,
  passwordHash,
}: AccountRecord): PasswordFileLine & { record: AccountRecord } {
  const { maxBytesPerSecond } = account;
  const words = [
    ...permissionWords(account.permissions),
    ...(account.administrator ? [ADMINISTRATOR] : []),
    ...(maxBytesPerSecond === undefined ? [] : [`${MAX_RATE}${formatByteRate(maxBytesPerSecond)}`]),
  ];
  const record = { account, passwordHash };
  return { text: [account.name, passwordHash, words.join(','), account.home].join(':'), record };
}

function parseLine(line: string): AccountRecord | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  // The home comes last, so that it may contain colons.
  const [name = '', passwordHash, permissions = '', ...home] = line.split(':');
  if (passwordHash === undefined) throw new Error("there is no ':'; an account is name:password:permissions:home");
  const problem = accountNameProblem(name);
  if (problem) throw new Error(`account name '${name}' ${problem}`);
  // The text in that place may be a password in clear: never repeat it.
  if (!isPasswordHash(passwordHash)) {
    throw new Error(`the password of '${name}' is not an scrypt hash; set it with: ohai-ftpd passwd FILE ${name}`);
  }
  const words = permissions.split(',').flatMap((word) => word.trim() || []);
  const rights = words.filter((word) => word !== ADMINISTRATOR && !word.startsWith(MAX_RATE));
  const maxRate = words.find((word) => word.startsWith(MAX_RATE))?.slice(MAX_RATE.length);
  return {
    passwordHash,
    account: {
      name,
      home: parseHome(home.join(':') || '/'),
      permissions: rights.length > 0 ? parsePermissions(rights) : PERMISSION_PRESETS['read-only'],
      ...(words.includes(ADMINISTRATOR) && { administrator: true }),
      ...(maxRate !== undefined && { maxBytesPerSecond: parseByteRate(maxRate) }),
    },
  };
}
