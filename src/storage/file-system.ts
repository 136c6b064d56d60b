/**
 * What a place that keeps files must be able to do, so that the FTP commands work on it.
 *
 * Paths are virtual: absolute, `/`-separated, normalised (no `.`, no `..`, no empty segment, no trailing slash but in `/`
 * itself). They are JavaScript strings in which an octet that is not valid UTF-8 stands as a lone surrogate (see octets.ts).
 *
 * Every method fails with a StorageError and nothing else that a client should learn about; the protocol turns its kind
 * into a reply code in one table. Anything else thrown is a fault of the backend: 451, and a line in the log.
 */
export interface FileSystem {
  /** @param options.followLinks false to describe a symbolic link itself (default: what it points to). */
  stat(path: string, options?: { readonly followLinks?: boolean }): Promise<FileStatus>;

  /**
   * The entries of a directory, without `.` and `..`, in batches: small enough that nobody waits long for one of them.
   * @param options.details whether each entry comes with its status. Names and types alone are much cheaper.
   */
  list(path: string, options: { readonly details: boolean }): AsyncIterable<readonly DirectoryEntry[]>;

  /** @param options.start offset in octets of the first octet to read, 0…size (default 0). */
  read(path: string, options?: { readonly start?: number }): Promise<ReadableFile>;

  write(path: string, how: WriteMode): Promise<WritableFile>;

  makeDirectory(path: string): Promise<void>;
  /** Fails with `not-empty` unless it is empty. */
  removeDirectory(path: string): Promise<void>;
  /** Fails with `is-a-directory` for a directory. A symbolic link is removed itself. */
  removeFile(path: string): Promise<void>;
  /** Replaces an existing file at `to`, as rename(2) does. */
  rename(from: string, to: string): Promise<void>;

  // Capabilities: what follows is found by presence. A command that needs a missing one answers 504.

  /** Sets times, in milliseconds since the epoch; what is absent stays as it is. */
  setTimes?(path: string, times: { readonly modifiedMs?: number; readonly accessedMs?: number }): Promise<void>;
  /** @param mode permission bits, 0…0o7777. */
  setMode?(path: string, mode: number): Promise<void>;
  /** Makes a symbolic link at `path` to the virtual path `target`. */
  makeSymlink?(target: string, path: string): Promise<void>;
  /** Octets that can still be stored below `path`. */
  available?(path: string): Promise<number>;
  /** The same storage with `directory` as its root; nothing outside of it can be reached through the result. */
  within?(directory: string): FileSystem;
}

export type FileType = 'file' | 'directory' | 'symlink' | 'other';

export interface FileStatus {
  readonly type: FileType;
  /** Octets. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly createdMs?: number;
  /** Permission bits, 0…0o7777. */
  readonly mode?: number;
  readonly links?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly owner?: string;
  readonly group?: string;
  /** The same for two paths exactly when they name the same file. Contains neither `;` nor white space. */
  readonly id?: string;
  /** Of a symbolic link: where it points to, as a virtual path or relative. Absent when that lies outside the root. */
  readonly target?: string;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  /** Present when details were asked for. Describes the entry itself, not what a link points to. */
  readonly status?: FileStatus;
}

export type WriteMode =
  /** The new content takes the place of the old one as a whole, at commit. */
  | { readonly mode: 'replace'; readonly expectedSize?: number }
  /**
   * Fails with `exists` when the name is taken, and takes it at once: of two that want it, the second learns of it before
   * it sends anything. Until commit a file of 0 octets stands under the name; abandon removes that one.
   */
  | { readonly mode: 'new'; readonly expectedSize?: number }
  /** After the last octet; makes the file if there is none. */
  | { readonly mode: 'append' }
  /** From offset `at`, 0…size; what followed is cut off at commit. */
  | { readonly mode: 'resume'; readonly at: number };

/** A file open for reading, one octet after the other. Whoever opened it closes it. */
export interface ReadableFile extends AsyncDisposable {
  /** Octets in the whole file when it was opened. */
  readonly size: number;
  /** Present when the kernel itself can be asked to send it, and would not wait for anything but a disk of this machine. */
  readonly inKernel?: FileInKernel;
  /**
   * Fills `buffer` from its beginning as far as possible.
   * @returns octets read, 0 at the end of the file. Fails with `changed-while-reading` at an end before `size`.
   */
  read(buffer: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** A regular file as the kernel knows it, for as long as it is open. */
export interface FileInKernel {
  readonly descriptor: number;
  /** Where its octets are that nobody has used lately: in memory all the same (tmpfs), or on a disk of this machine. */
  readonly medium: 'memory' | 'disk';
  /** Offset in octets at which read() or write() goes on. Whoever copies in the kernel gives it with every call … */
  readonly position: number;
  /** … and tells how many octets have been copied. */
  advance(octets: number): void;
}

/** A file open for writing. Exactly one of commit and abandon ends it; disposal abandons what was not committed. */
export interface WritableFile extends AsyncDisposable {
  /** Offset in octets at which the first chunk lands. */
  readonly start: number;
  /**
   * Present when the kernel itself might be asked to write it. No later than write() or either end of the file is called next,
   * the octets that it has copied have been told.
   * @returns at once where it is known; undefined when the file is neither in memory nor on a disk of this machine, or cannot be written so.
   */
  inKernel?(): FileInKernel | undefined | Promise<FileInKernel | undefined>;
  /** Stores all of `chunk`; it may be reused once the promise is fulfilled. */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the content visible under its name. Fulfilled when the file is closed. */
  commit(): Promise<void>;
  /** Ends an upload that broke. What remains is the storage's policy; a file that was there before is left as it was. */
  abandon(): Promise<void>;
}

/** A policy that storages may offer: what remains of an upload that broke. What arrived, to be resumed; or nothing. */
export type BrokenUploads = 'keep' | 'delete';
