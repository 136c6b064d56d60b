/** The status of each entry of a directory: at once where the kernel has it at hand, else on the threads of Node's pool. */
import { lstat, type Stats } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PosixError } from '../posix/errno.ts';
import { isCached } from '../posix/lookup-cache.ts';
import { Statx } from '../posix/statx.ts';
import type { FoundEntry } from './directory-source.ts';
import type { Place } from './disk-jail.ts';
import { fileTypeOf, statusOf } from './disk-status.ts';
import { errnoCodeOf } from './errno-kinds.ts';
import type { DirectoryEntry } from './file-system.ts';
import type { LinkTargets } from './link-targets.ts';
import { localMedium } from './local-file-systems.ts';
import { Turns } from './turns.ts';
import { type UnixNames, unixNames } from './unix-names.ts';

/** Entries that the pool looks at together: the calls of lstat(2) that are made in one go. */
const PART = 32;
/**
 * All listings of a process share these turns, each for one batch. The event loop deals with all lookups that have come
 * back in one go, so their number is what other clients wait for, however many listings run. As many as Node's pool has
 * threads.
 */
const turns = new Turns(4);
/** A directory with fewer entries does not repay the question of what file system it is on. */
const WORTH_ASKING = 64;
/** For how long the event loop may be held by the lookups of a batch. They take half of it unless a disk is asked. */
const ON_THE_SPOT_MS = 1;

/** What is not worth a word: gone by now, or in a directory that may be read but not searched, as are all others there. */
const UNSEEN = new Set(['ENOENT', 'EACCES', 'EINVAL']);

export class EntryLookups {
  readonly #directory: Place;
  readonly #links: LinkTargets;
  readonly #names: UnixNames;
  readonly #descriptor: number | undefined;
  /** Undecided until there are entries enough. */
  #onTheSpot: Statx | false | undefined;

  private constructor(directory: Place, links: LinkTargets, names: UnixNames, descriptor: number | undefined) {
    this.#directory = directory;
    this.#links = links;
    this.#names = names;
    this.#descriptor = descriptor;
  }

  /** @param descriptor of the directory, if the batches come with addresses of names. */
  static async in(directory: Place, links: LinkTargets, descriptor: number | undefined): Promise<EntryLookups> {
    return new EntryLookups(directory, links, await unixNames(), descriptor);
  }

  /** @returns the entries of a batch with their status, but for those that are gone. */
  describe(batch: readonly FoundEntry[]): Promise<readonly DirectoryEntry[]> {
    return turns.run(async () => {
      const described: (DirectoryEntry | undefined)[] = new Array(batch.length);
      const statx = await this.#decide(batch.length);
      const left = statx ? this.#lookOnTheSpot(statx, batch, described) : [...batch.keys()];
      for (let from = 0; from < left.length; from += PART) {
        const part = left.slice(from, from + PART);
        const found = await Promise.all(part.map((index) => this.#lookOnPool(batch[index]!.name)));
        for (const [at, index] of part.entries()) described[index] = found[at];
      }
      // Of the work above, nothing need have let the event loop go round.
      if (statx) await nextTurn();
      return described.filter((entry) => entry !== undefined);
    });
  }

  async #decide(entries: number): Promise<Statx | false | undefined> {
    if (this.#onTheSpot === undefined && entries >= WORTH_ASKING) {
      const possible = this.#descriptor !== undefined && (await localMedium(this.#directory.path)) !== undefined;
      this.#onTheSpot = possible && new Statx();
    }
    return this.#onTheSpot;
  }

  /**
   * Looks at entries for as long as that cannot be expected to wait. Of the first, which stands for the others, and of those
   * that may be another file system mounted here, the kernel says whether it has them in its cache; and the clock ends what
   * takes long all the same.
   *
   * @param described takes what is found, each at its place in the batch.
   * @returns the places of those that are left for the pool.
   */
  #lookOnTheSpot(
    statx: Statx,
    batch: readonly FoundEntry[],
    described: (DirectoryEntry | undefined)[],
  ): readonly number[] {
    const descriptor = this.#descriptor!;
    if (!isCached(descriptor, batch[0]!.nameAddress!)) return [...batch.keys()];
    const left: number[] = [];
    const end = performance.now() + ON_THE_SPOT_MS;
    for (let index = 0; index < batch.length; index++) {
      const { name, type, nameAddress } = batch[index]!;
      if (performance.now() > end || (type !== 'file' && !isCached(descriptor, nameAddress!))) {
        left.push(index);
        continue;
      }
      const result = statx.look(descriptor, nameAddress!);
      if (result < 0) {
        const error = new PosixError(-result, 'statx');
        if (!UNSEEN.has(error.code)) throw error;
      } else if (fileTypeOf(statx) === 'symlink') {
        // Where it points to is still to be read.
        left.push(index);
      } else {
        const status = statusOf(statx, this.#names);
        described[index] = { name, type: status.type, status };
      }
    }
    return left;
  }

  async #lookOnPool(name: string): Promise<DirectoryEntry | undefined> {
    try {
      const stats = await lstatOf(this.#directory, name);
      const target = stats.isSymbolicLink() ? await this.#links.visibleTarget(name) : undefined;
      const status = statusOf(stats, this.#names, target);
      return { name, type: status.type, status };
    } catch (error) {
      if (UNSEEN.has(errnoCodeOf(error) ?? '')) return undefined;
      throw error;
    }
  }
}

/** With a callback: twice as fast as the lstat of fs/promises, which counts in a directory of a hundred thousand. */
export function lstatOf(directory: Place, name: string): Promise<Stats> {
  return new Promise((resolve, reject) => {
    lstat(directory.entry(name), (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}
