/** Where symbolic links of one directory point to, in words that a client may read. */
import { readlink } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Jail, Place } from './disk-jail.ts';
import { decodeOctets } from './octets.ts';
import { realPathOf, relativeInside } from './real-path.ts';

export class LinkTargets {
  readonly #jail: Jail;
  readonly #directory: Place;
  /** Looked up for the first link: most directories have none. */
  #where: Promise<Whereabouts> | undefined;

  constructor(jail: Jail, directory: Place) {
    this.#jail = jail;
    this.#directory = directory;
  }

  /**
   * @param name of a symbolic link in the directory.
   * @returns its target, relative as it is, or absolute as a virtual path; undefined when that lies outside the root, so
   *   that no real path is ever shown.
   */
  async visibleTarget(name: string): Promise<string | undefined> {
    const target = decodeOctets(await readlink(this.#directory.entry(name), { encoding: 'buffer' }));
    this.#where ??= whereabouts(this.#jail, this.#directory);
    const { realRoot, virtualDirectory } = await this.#where;
    if (posix.isAbsolute(target)) return virtualPathOf(realRoot, posix.normalize(target));
    return virtualDirectory !== undefined && staysInside(virtualDirectory, target) ? target : undefined;
  }

  /**
   * @param target a virtual path.
   * @returns what a link in the directory must contain to point there: relative, so that it holds wherever the root is.
   */
  async relativeTarget(target: string): Promise<string> {
    const { virtualDirectory } = await whereabouts(this.#jail, this.#directory);
    return posix.relative(virtualDirectory ?? '/', target) || '.';
  }
}

interface Whereabouts {
  readonly realRoot: string;
  /** The directory's path below the root with all links resolved; undefined when it lies outside. */
  readonly virtualDirectory: string | undefined;
}

async function whereabouts(jail: Jail, directory: Place): Promise<Whereabouts> {
  using root = await jail.open('/');
  const [realRoot, realDirectory] = await Promise.all([realPathOf(root.path), realPathOf(directory.path)]);
  return { realRoot, virtualDirectory: virtualPathOf(realRoot, realDirectory) };
}

function virtualPathOf(realRoot: string, realPath: string): string | undefined {
  const relative = relativeInside(realRoot, realPath);
  return relative === undefined ? undefined : `/${relative}`;
}

/** Whether a relative target climbs no higher than the root on its way. */
function staysInside(virtualDirectory: string, target: string): boolean {
  const depth = virtualDirectory.split('/').filter(Boolean).length;
  const climbs = posix
    .normalize(target)
    .split('/')
    .filter((segment) => segment === '..').length;
  return climbs <= depth;
}
