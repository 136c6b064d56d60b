/** What stat(2) says, as a FileStatus. */
import type { Stats } from 'node:fs';
import type { FileStatus, FileType } from './file-system.ts';
import type { UnixNames } from './unix-names.ts';

const PERMISSION_BITS = 0o7777;

export function fileTypeOf(entry: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): FileType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

/** @param target where a symbolic link points to, when a client may know. */
export function statusOf(stats: Stats, names: UnixNames, target?: string): FileStatus {
  return {
    type: fileTypeOf(stats),
    size: stats.size,
    modifiedMs: Math.floor(stats.mtimeMs),
    // 0 where the disk does not know.
    ...(stats.birthtimeMs > 0 && { createdMs: Math.floor(stats.birthtimeMs) }),
    mode: stats.mode & PERMISSION_BITS,
    links: stats.nlink,
    uid: stats.uid,
    gid: stats.gid,
    owner: names.user(stats.uid),
    group: names.group(stats.gid),
    // A number beyond 2^53 has lost digits, and two files could seem to be one: rather no id.
    ...(Number.isSafeInteger(stats.ino) && { id: `${stats.dev.toString(36)}-${stats.ino.toString(36)}` }),
    ...(target !== undefined && { target }),
  };
}
