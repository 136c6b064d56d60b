import type { FileSystem } from '../../src/storage/file-system.ts';

/** A storage in which some functions are others. */
export function changedStorage(storage: FileSystem, changed: Partial<FileSystem>): FileSystem {
  return {
    stat: (path, options) => storage.stat(path, options),
    list: (path, options) => storage.list(path, options),
    read: (path, options) => storage.read(path, options),
    write: (path, how) => storage.write(path, how),
    makeDirectory: (path) => storage.makeDirectory(path),
    removeDirectory: (path) => storage.removeDirectory(path),
    removeFile: (path) => storage.removeFile(path),
    rename: (from, to) => storage.rename(from, to),
    ...changed,
  };
}
