/** What keeps virtual paths inside a root on the disk: one question, answered in more than one way. */
import type { Medium } from './local-file-systems.ts';
import { encodeOctets } from './octets.ts';

/**
 * What becomes of symbolic links:
 * - `inside`: those that stay inside the root are followed, others are refused.
 * - `deny`: none is followed.
 * - `follow`: all are; where they lead is the administrator's responsibility.
 */
export type SymlinkPolicy = 'inside' | 'deny' | 'follow';

export interface Jail {
  /**
   * Finds what a virtual path names. Links are followed, the last segment included, as far as the policy allows.
   * @param path a checked virtual path.
   * @returns a place, which the caller disposes of.
   * @throws StorageError `permission-denied` when the path leads outside; otherwise errors of the operating system.
   */
  open(path: string): Promise<Place>;
  /**
   * Opens a file for reading in one step, and at once, if that is possible without waiting for a disk.
   * @param path a checked virtual path. @returns undefined for everything else: open() tells what is in the way.
   */
  openAtHand?(path: string): OpenedAtHand | undefined;
  /** A jail whose root is `directory` in this one. It is looked up anew for every path, so nothing is held for it. */
  within(directory: string): Jail;
  /** Gives back what is held between calls, when there are none under way. The jail can be used again. */
  close(): void;
}

/** A descriptor, to be closed with closeOwned(), of something on a file system of this machine. */
export interface OpenedAtHand {
  readonly descriptor: number;
  readonly medium: Medium;
}

/** What Node's fs takes: a string, or octets for a name that is not UTF-8. */
export type NativePath = string | Buffer;

export function nativePath(text: string): NativePath {
  return text.isWellFormed() ? text : encodeOctets(text);
}

/** A file or directory that a jail has found, by a path that Node's fs understands, good until disposal. */
export class Place implements Disposable {
  /** The path in the manner of octets.ts. Never for a client's eyes. */
  readonly base: string;
  /** Of the file or directory itself (O_PATH), where the jail opens what it finds. */
  readonly descriptor: number | undefined;
  readonly #release: (() => void) | undefined;

  constructor(base: string, release?: () => void, descriptor?: number) {
    this.base = base;
    this.descriptor = descriptor;
    this.#release = release;
  }

  get path(): NativePath {
    return nativePath(this.base);
  }

  /** The path of an entry of this directory. A link of that name is not followed to it: that is up to the call. */
  entry(name: string): NativePath {
    return nativePath(this.base.endsWith('/') ? this.base + name : `${this.base}/${name}`);
  }

  [Symbol.dispose](): void {
    this.#release?.();
  }
}
