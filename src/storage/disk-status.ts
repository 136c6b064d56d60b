/** What stat(2) says, as a FileStatus. */
import { constants, type Stats } from 'node:fs';
import type { FileStatus, FileType } from './file-system.ts';
import type { UnixNames } from './unix-names.ts';

const PERMISSION_BITS = 0o7777;
const { S_IFMT, S_IFREG, S_IFDIR, S_IFLNK } = constants;

export type StatusFields = Pick<
  Stats,
  'mode' | 'size' | 'mtimeMs' | 'birthtimeMs' | 'nlink' | 'uid' | 'gid' | 'dev' | 'ino'
>;

export function fileTypeOf({ mode }: Pick<Stats, 'mode'>): FileType {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return 'file';
    case S_IFDIR:
      return 'directory';
    case S_IFLNK:
      return 'symlink';
    default:
      return 'other';
  }
}

/** @param target where a symbolic link points to, when a client may know. */
export function statusOf(fields: StatusFields, names: UnixNames, target?: string): FileStatus {
  const { uid, gid, ino, birthtimeMs } = fields;
  return {
    type: fileTypeOf(fields),
    size: fields.size,
    modifiedMs: Math.floor(fields.mtimeMs),
    // 0 where the disk does not know.
    createdMs: birthtimeMs > 0 ? Math.floor(birthtimeMs) : undefined,
    mode: fields.mode & PERMISSION_BITS,
    links: fields.nlink,
    uid,
    gid,
    owner: names.user(uid),
    group: names.group(gid),
    // A number beyond 2^53 has lost digits, and two files could seem to be one: rather no id.
    id: Number.isSafeInteger(ino) ? `${fields.dev.toString(36)}-${ino.toString(36)}` : undefined,
    target,
  };
}
