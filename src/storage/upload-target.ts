/** What an upload to the disk asks of the place where its octets go. */
import type { FileHandle } from 'node:fs/promises';
import type { BrokenUploads } from './file-system.ts';

export interface UploadOptions {
  readonly brokenUploads: BrokenUploads;
  /** Whether commit waits until the octets are on the medium (fsync(2)). */
  readonly fsync: boolean;
  /** Whether a symbolic link is written through, to what it points to. Otherwise it is refused. */
  readonly followLinks: boolean;
}

/** Where the octets of one upload go. */
export interface UploadTarget {
  readonly file: FileHandle;
  /** Offset of the first octet that is written. */
  readonly start: number;
  /** Whether every write goes to the end of the file, wherever that is by then (O_APPEND). */
  readonly appends: boolean;
  /** @param end offset behind the last octet written. May leave `file` open. */
  commit(end: number): Promise<void>;
  abandon(end: number): Promise<void>;
}
