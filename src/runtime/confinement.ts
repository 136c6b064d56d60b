/**
 * Child processes that can open some files and no others, whatever a client makes them run (landlock(7)).
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { landlockVersion, restrictFiles } from '../posix/landlock.ts';
import { posixAvailable } from '../posix/libc.ts';

/** Absolute paths of files, and of directories with all that is beneath them. Plain data: it crosses to a process. */
export interface Confinement {
  readonly writable?: readonly string[];
  readonly readable?: readonly string[];
  /**
   * Files that the parent reads for a child that asks (ServiceHost.readFile). A rule for a file is bound to what has its name
   * when the child starts; and one for its directory would let the child read everything in there.
   */
  readonly readByParent?: readonly string[];
}

/** Clients cannot be served under this confinement here. */
export class ConfinementError extends Error {
  override readonly name = 'ConfinementError';
}

/** Before this one, files outside could still be emptied (truncate(2)). */
const OLDEST_LANDLOCK = 3;

/** What Node may load late: to know the time zone; and, where Debian has built it, parts of Node itself. */
const OF_THE_SYSTEM = ['/etc/localtime', '/usr/share/zoneinfo', '/usr/share/nodejs'];

/** @returns why child processes cannot be confined on this machine; undefined when they can. */
export function confinementProblem(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has Landlock, which it needs';
  if (!posixAvailable()) return 'it calls the C library by koffi, which cannot be loaded here';
  const version = landlockVersion();
  if (version === 0) return 'this kernel has no Landlock, or it has been switched off at boot (lsm=)';
  if (version < OLDEST_LANDLOCK) {
    return `this kernel has version ${version} of Landlock, and ${OLDEST_LANDLOCK} is needed (Linux 6.2)`;
  }
  return undefined;
}

/**
 * What a child may open, its own program included.
 * @param modules URLs of what it loads.
 * @throws ConfinementError where children cannot be confined.
 */
export function confinementOf(
  confinement: Confinement | undefined,
  modules: readonly string[],
): Confinement | undefined {
  if (!confinement) return undefined;
  const problem = confinementProblem();
  if (problem !== undefined) throw new ConfinementError(`child processes cannot be confined: ${problem}`);
  const { readable = [] } = confinement;
  return { ...confinement, readable: [...readable, ...OF_THE_SYSTEM, ...packageFiles(), ...directoriesOf(modules)] };
}

/** For those whose clients are not served in child processes. @throws ConfinementError when they were to be confined. */
export function refuseConfinement({ confinement }: { readonly confinement?: Confinement }): void {
  if (confinement) throw new ConfinementError('only clients that are served in child processes can be confined');
}

/**
 * Confines this process, for good. Nothing asynchronous may have been done to files before: a thread of libuv's pool that is
 * there already would go free.
 * @throws PosixError, PosixUnavailableError: nothing is confined then.
 */
export function confine({ readable = [], writable = [] }: Confinement): void {
  restrictFiles([
    ...readable.map((path) => ({ path, access: 'read' as const })),
    ...writable.map((path) => ({ path, access: 'read-write' as const })),
  ]);
}

/** Reads files for a child, in its parent. @param paths those that it may ask for. */
export function readerOf({ readByParent = [] }: Confinement = {}): (path: string) => Promise<string> {
  return async (path) => {
    if (!readByParent.includes(path)) throw new ConfinementError('not one of the files that are read for a child');
    return readFile(path, 'utf8');
  };
}

/** What is built is in one directory; package.json says that it is ES modules. */
function packageFiles(): string[] {
  return ['../../', '../../../package.json'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
}

function directoriesOf(modules: readonly string[]): string[] {
  return modules.filter((url) => url.startsWith('file:')).map((url) => dirname(fileURLToPath(url)));
}
