import { inspect } from 'node:util';
import type { Account } from '../accounts/account.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { CommandContext } from './command.ts';

/** So long a home that was there is taken to be there still: of those who come in a crowd, most have the same one. */
const REMEMBERED_MS = 1_000;

const usableUntil = new WeakMap<FileSystem, number>();

/**
 * An account whose home is not there would get a 550 for everything it does; better one clear word at the door. Whatever
 * goes wrong here, in the storage of a program above all, must not leave anybody half logged in.
 */
export async function homeIsUsable({ session, environment }: CommandContext, account: Account): Promise<boolean> {
  let reason: string;
  try {
    const home = environment.storageFor(account);
    if (performance.now() < (usableUntil.get(home) ?? 0)) return true;
    const { type } = await home.stat('/');
    if (type === 'directory') {
      usableUntil.set(home, performance.now() + REMEMBERED_MS);
      return true;
    }
    reason = `is a ${type}`;
  } catch (error) {
    reason = error instanceof StorageError ? error.kind : inspect(error);
  }
  environment.log.error('home directory not usable', {
    session: session.id,
    user: account.name,
    home: account.home,
    error: reason,
  });
  return false;
}
