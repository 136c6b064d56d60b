import type { Account } from '../accounts/account.ts';
import { DiskFileSystem } from '../storage/disk.ts';
import type { FileSystem } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';
import type { CheckedFtpServiceOptions } from './ftp-options.ts';

/** The directory of the options as a storage, and what closes it. */
export function ownDisk(options: CheckedFtpServiceOptions): { fileSystem: FileSystem; dispose: () => void } {
  const { root, symlinks, brokenUploads, fsync } = options;
  const fileSystem = new DiskFileSystem({ root, symlinks, brokenUploads, fsync });
  return { fileSystem, dispose: () => fileSystem.close() };
}

/** One file system for each home, shared by all sessions that have it. */
export function storageByHome(fileSystem: FileSystem): (account: Account) => FileSystem {
  const byHome = new Map<string, FileSystem>([['/', fileSystem]]);
  return ({ home }) => {
    let storage = byHome.get(home);
    if (storage === undefined) {
      if (!fileSystem.within) throw new StorageError('not-supported', 'the storage has no homes of its own');
      storage = fileSystem.within(home);
      byHome.set(home, storage);
    }
    return storage;
  };
}
