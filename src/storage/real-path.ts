/** Real paths, with all links resolved, and whether one lies in the other. */
import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import type { NativePath, Place } from './disk-jail.ts';
import { decodeOctets } from './octets.ts';
import { StorageError } from './storage-error.ts';

/** realpath(3), with names that are not UTF-8 in the manner of octets.ts. */
export async function realPathOf(path: NativePath): Promise<string> {
  return decodeOctets(await realpath(path, { encoding: 'buffer' }));
}

/**
 * @param root, path real paths.
 * @returns `path` relative to `root`, with `/` between segments and '' for the root itself; undefined when it lies outside.
 *   Whole segments count: `/srv/ftp-old` does not lie in `/srv/ftp`.
 */
export function relativeInside(root: string, path: string): string | undefined {
  if (path === root) return '';
  const prefix = root.endsWith(sep) ? root : root + sep;
  if (!path.startsWith(prefix)) return undefined;
  return path.slice(prefix.length).replaceAll(sep, '/');
}

/**
 * @param relative a path below `root`, without a leading slash; links in it are followed.
 * @returns the same path with all links resolved, relative to `root`; '' for the root itself.
 * @throws StorageError `permission-denied` when it leads outside; otherwise errors of the operating system.
 */
export async function resolveInside(root: Place, relative: string): Promise<string> {
  const real = await realPathOf(root.entry(relative)).catch(async (error: unknown) => {
    // Whether a thing outside exists is for nobody to find out: first see whether its directory is inside.
    const slash = relative.lastIndexOf('/');
    if (slash > 0) await resolveInside(root, relative.slice(0, slash));
    throw error;
  });
  const inside = relativeInside(await realPathOf(root.path), real);
  if (inside === undefined) throw new StorageError('permission-denied', `${JSON.stringify(relative)} leads outside`);
  return inside;
}
