import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Permission } from './account.ts';
import { accountNameProblem } from './account-name.ts';
import { parseHome } from './home-directory.ts';
import {
  formatPasswordFileLine,
  PASSWORD_FILE_HEADER,
  type PasswordFileLine,
  parsePasswordFile,
} from './password-file-format.ts';
import { PERMISSION_PRESETS } from './permissions.ts';

export type PasswordFileEdit =
  | {
      readonly action: 'set';
      readonly name: string;
      readonly passwordHash: string;
      /** Here and below: undefined keeps what the account has; a new account gets `/`, read-only, no administrator. */
      readonly home?: string | undefined;
      readonly permissions?: readonly Permission[] | undefined;
      readonly administrator?: boolean | undefined;
      /** Octets per second; null takes the limit away. */
      readonly maxBytesPerSecond?: number | null | undefined;
    }
  | { readonly action: 'remove'; readonly name: string };

export type PasswordFileEditResult = 'added' | 'replaced' | 'removed' | 'absent';

/** What is named is a directory, a named pipe or a device, which must not be replaced. The message is one line that names it. */
export class NotRegularFileError extends Error {
  override readonly name = 'NotRegularFileError';

  constructor(path: string) {
    super(`${path} is not a regular file; nothing was changed`);
  }
}

/** What the file looked like before; undefined when there was none. */
interface Original {
  readonly text: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Adds, changes or removes one account of a password file; makes the file when there is none and an account is set.
 * Whoever reads the file at that moment finds the old or the new one, never half of it. All other lines stay as they are,
 * and so do the file's mode and owner; a new file can be read by its owner only.
 * @returns what happened; `absent` when there was nothing to remove.
 * @throws PasswordFileError when the file is not in order, NotRegularFileError, Error for a bad name, a bad home or no permissions,
 *   or a system error.
 */
export async function editPasswordFile(path: string, edit: PasswordFileEdit): Promise<PasswordFileEditResult> {
  const problem = accountNameProblem(edit.name);
  if (problem) throw new Error(`account name '${edit.name}' ${problem}`);
  // No words in the file mean the default, which is more than nothing.
  if (edit.action === 'set' && edit.permissions?.length === 0) throw new Error('an account needs a permission');
  // A link to the file stays a link: the file that it points to is replaced.
  const target = await realpath(path).catch(ifAbsent(path));
  const original = await readOriginal(target);
  const lines = parsePasswordFile(original?.text ?? PASSWORD_FILE_HEADER, path);
  const { edited, result } = apply(lines, edit);
  if (result !== 'absent') await replaceFile(target, edited.map(({ text }) => `${text}\n`).join(''), original);
  return result;
}

function apply(lines: readonly PasswordFileLine[], edit: PasswordFileEdit) {
  const index = lines.findIndex(({ record }) => record?.account.name === edit.name);
  const known = lines[index]?.record;
  if (edit.action === 'remove') {
    return known
      ? { result: 'removed' as const, edited: lines.toSpliced(index, 1) }
      : { result: 'absent' as const, edited: lines };
  }
  const administrator = edit.administrator ?? known?.account.administrator ?? false;
  const { maxBytesPerSecond = known?.account.maxBytesPerSecond } = edit;
  const line = formatPasswordFileLine({
    passwordHash: edit.passwordHash,
    account: {
      name: edit.name,
      home: parseHome(edit.home ?? known?.account.home ?? '/'),
      permissions: edit.permissions ?? known?.account.permissions ?? PERMISSION_PRESETS['read-only'],
      ...(administrator && { administrator }),
      ...(typeof maxBytesPerSecond === 'number' && { maxBytesPerSecond }),
    },
  });
  return known
    ? { result: 'replaced' as const, edited: lines.with(index, line) }
    : { result: 'added' as const, edited: [...lines, line] };
}

async function readOriginal(path: string): Promise<Original | undefined> {
  // Without O_NONBLOCK, a named pipe would keep us waiting for somebody who writes to it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(ifAbsent(undefined));
  if (!file) return undefined;
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new NotRegularFileError(path);
    const { mode, uid, gid } = stats;
    return { text: await file.readFile('utf8'), mode: mode & 0o777, uid, gid };
  } finally {
    await file.close();
  }
}

async function replaceFile(path: string, text: string, original: Original | undefined): Promise<void> {
  const directory = dirname(path);
  // In the same directory, because rename(2) is atomic only inside one file system.
  const temporary = join(directory, `.ohai-ftpd-passwd-${randomUUID()}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    try {
      await file.writeFile(text);
      if (original) await takeOver(file, original);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await syncDirectory(directory);
}

async function takeOver(file: FileHandle, { mode, uid, gid }: Original): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  // After chown(2), which clears bits of the mode.
  await file.chmod(mode);
}

/** Makes the new name survive a power failure, where the system can (not on Windows). */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path).catch(() => undefined);
  try {
    await directory?.sync().catch(() => {});
  } finally {
    await directory?.close();
  }
}

/** @returns a handler that answers a missing file with `value` and passes on every other error. */
function ifAbsent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code !== 'ENOENT') throw error;
    return value;
  };
}
