/**
 * The last look at a virtual path before a disk sees it. The protocol has normalised it already; a mistake there must not
 * become a way out of the root (S8).
 */
import { StorageError, type StorageErrorKind } from './storage-error.ts';
import { isTemporaryName } from './temporary-name.ts';

/** NUL ends a path in C; CR and LF end a line of a reply. */
const NEVER_IN_A_NAME = /[\0\r\n]/;
/** Separators, drives and streams, and what Windows cuts off the end of a name, so that two names are one file. */
const NEVER_ON_WINDOWS = /[\\:*?"<>|]|[. ]$/;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i;

/**
 * @param path a virtual path: absolute and normalised.
 * @param platform the operating system whose rules for names count.
 * @throws StorageError `invalid-name` when it is none; `not-found` when a segment is the name of an upload under way,
 *   which no client can see.
 */
export function checkPath(path: string, platform: NodeJS.Platform = process.platform): void {
  if (path === '/') return;
  if (!path.startsWith('/')) throw invalid(path);
  for (const segment of path.slice(1).split('/')) {
    if (segment === '' || segment === '.' || segment === '..' || NEVER_IN_A_NAME.test(segment)) throw invalid(path);
    if (platform === 'win32' && (NEVER_ON_WINDOWS.test(segment) || WINDOWS_DEVICE.test(segment))) throw invalid(path);
    if (isTemporaryName(segment)) throw new StorageError('not-found', `${JSON.stringify(path)} is an upload under way`);
  }
}

/**
 * Checks a path as checkPath does, and splits it at the last slash.
 * @param ofRoot what the attempt to do the thing to `/` itself fails with.
 */
export function splitPath(path: string, ofRoot: StorageErrorKind): { readonly parent: string; readonly name: string } {
  checkPath(path);
  if (path === '/') throw new StorageError(ofRoot, 'the root itself');
  const slash = path.lastIndexOf('/');
  return { parent: path.slice(0, slash) || '/', name: path.slice(slash + 1) };
}

function invalid(path: string): StorageError {
  return new StorageError('invalid-name', JSON.stringify(path));
}
