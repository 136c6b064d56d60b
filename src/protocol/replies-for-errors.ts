import type { StorageErrorKind } from '../storage/storage-error.ts';
import { StorageError } from '../storage/storage-error.ts';
import { DataConnectionError } from '../transfer/data-connection-error.ts';
import { type Reply, ReplyError, reply } from './reply.ts';

/** What a client is told when the storage refuses or fails: a code of RFC 959 section 5.4 and a fixed text (wire rule W31). */
const STORAGE_REPLIES: Record<StorageErrorKind, Reply> = {
  'not-found': reply(550, 'No such file or directory.'),
  exists: reply(550, 'File exists already.'),
  'not-a-directory': reply(550, 'Not a directory.'),
  'is-a-directory': reply(550, 'Is a directory.'),
  'not-empty': reply(550, 'Directory is not empty.'),
  'permission-denied': reply(550, 'Permission denied.'),
  'read-only': reply(550, 'Storage is read-only.'),
  'is-a-symlink': reply(550, 'Symbolic links are not followed here.'),
  'invalid-name': reply(553, 'File name not allowed.'),
  'name-too-long': reply(553, 'File name is too long.'),
  'offset-beyond-end': reply(554, 'Restart position is beyond the end of the file.'),
  busy: reply(450, 'File is busy.'),
  'no-space': reply(452, 'Not enough space on the storage.'),
  'over-quota': reply(552, 'Quota exceeded.'),
  'too-large': reply(552, 'File is too large for the storage.'),
  'not-supported': reply(504, 'The storage cannot do that.'),
  'too-many-open-files': reply(450, 'Too many open files; try again later.'),
  'changed-while-reading': reply(451, 'File became shorter while it was read.'),
  'input-output': reply(451, 'Storage error.'),
};

const BROKEN = reply(426, 'Data connection broken; transfer aborted.');
const STALLED = reply(426, 'Data connection stalled; transfer aborted.');

/** The reply to a failure that is expected, or undefined for a fault of the program. */
export function replyForError(error: unknown): Reply | undefined {
  if (error instanceof ReplyError) return error.reply;
  if (error instanceof StorageError) return STORAGE_REPLIES[error.kind];
  if (error instanceof DataConnectionError) return error.reason === 'stalled' ? STALLED : BROKEN;
  return undefined;
}
