/**
 * Paths as clients see them: absolute, separated by `/`, without `.`, `..`, empty segments and a trailing slash. They are
 * made here by rules of their own, never by those of the machine that the server runs on (S8).
 */
import { ReplyError } from './reply.ts';

/** Neither can these stand in a file name of POSIX (NUL), nor in a line of the control connection (CR, LF). */
const FORBIDDEN = /[\0\r\n]/;

/**
 * @param directory the current virtual directory.
 * @param argument what the client sent: absolute, or relative to `directory`; empty for the directory itself.
 * @returns the virtual path meant. `..` ends at `/`: nothing lies above.
 * @throws ReplyError 501 for characters that no path contains.
 */
export function resolvePath(directory: string, argument: string): string {
  if (FORBIDDEN.test(argument)) throw new ReplyError(501, 'Invalid pathname.');
  const path: string[] = [];
  for (const segment of (argument.startsWith('/') ? argument : `${directory}/${argument}`).split('/')) {
    if (segment === '..') path.pop();
    else if (segment !== '' && segment !== '.') path.push(segment);
  }
  return `/${path.join('/')}`;
}

/** @returns the directory that holds `path`; `/` for `/`. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

/** @returns the last segment of a virtual path; empty for `/`. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * @param directory a virtual path.
 * @param name one segment, such as the name of a directory entry.
 */
export function joinPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** @returns the path as a 257 reply shows it: in quotes, with quotes inside doubled (RFC 959 appendix II, W15). */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`;
}
