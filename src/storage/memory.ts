/** Files in memory: for tests of programs that speak FTP, and for servers whose files live only as long as they do. */
import { checkPath, splitPath } from './checked-path.ts';
import type {
  BrokenUploads,
  DirectoryEntry,
  FileStatus,
  FileSystem,
  ReadableFile,
  WritableFile,
  WriteMode,
} from './file-system.ts';
import { type MemoryDirectory, type MemoryFile, type MemoryNode, MemoryTree } from './memory-tree.ts';
import { openMemoryUpload } from './memory-upload.ts';
import { StorageError, type StorageErrorKind } from './storage-error.ts';

export interface MemoryOptions {
  /** Files to begin with, by virtual path: text as UTF-8, or octets. Their directories are made. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Octets that fit (default: no limit). */
  readonly capacity?: number;
  /** What remains of an upload that broke: what arrived (`keep`, default) or nothing. */
  readonly brokenUploads?: BrokenUploads;
}

const BATCH = 128;

/** Behaves as the disk does, uploads included; has neither links nor owners. */
export class MemoryFileSystem implements FileSystem {
  readonly #tree: MemoryTree;
  readonly #base: string;
  readonly #brokenUploads: BrokenUploads;

  /** @param shared for within: the tree of another instance, and the directory in it that is the root of this one. */
  constructor(options: MemoryOptions = {}, shared?: { readonly tree: MemoryTree; readonly base: string }) {
    this.#tree = shared?.tree ?? new MemoryTree(options.capacity ?? Number.MAX_SAFE_INTEGER);
    this.#base = shared?.base ?? '';
    this.#brokenUploads = options.brokenUploads ?? 'keep';
    for (const [path, content] of Object.entries(options.files ?? {})) this.#put(path, content);
  }

  /** The whole content of a file. @throws StorageError as read does. */
  readFile(path: string): Buffer {
    return Buffer.from(this.#file(path).content.view);
  }

  exists(path: string): boolean {
    try {
      this.#node(path);
      return true;
    } catch {
      return false;
    }
  }

  async stat(path: string): Promise<FileStatus> {
    return statusOf(this.#node(path));
  }

  async *list(path: string, { details }: { readonly details: boolean }): AsyncGenerator<readonly DirectoryEntry[]> {
    const entries = [...this.#directory(path).entries];
    for (let at = 0; at < entries.length; at += BATCH) {
      yield entries
        .slice(at, at + BATCH)
        .map(([name, node]) => ({ name, type: node.type, ...(details && { status: statusOf(node) }) }));
    }
  }

  async read(path: string, { start = 0 }: { readonly start?: number } = {}): Promise<ReadableFile> {
    const file = this.#file(path);
    if (start > file.content.size) throw new StorageError('offset-beyond-end', `${start} of ${file.content.size}`);
    return new MemoryReader(file, start);
  }

  async write(path: string, how: WriteMode): Promise<WritableFile> {
    const { directory, name } = this.#entry(path, 'is-a-directory');
    return openMemoryUpload({ tree: this.#tree, directory, name, how, brokenUploads: this.#brokenUploads });
  }

  async makeDirectory(path: string): Promise<void> {
    const { directory, name } = this.#entry(path, 'exists');
    if (directory.entries.has(name)) throw new StorageError('exists', JSON.stringify(path));
    directory.entries.set(name, this.#tree.newDirectory());
  }

  async removeDirectory(path: string): Promise<void> {
    const { directory, name } = this.#entry(path, 'permission-denied');
    if (this.#directory(path).entries.size > 0) throw new StorageError('not-empty', JSON.stringify(path));
    directory.entries.delete(name);
  }

  async removeFile(path: string): Promise<void> {
    const { directory, name } = this.#entry(path, 'is-a-directory');
    this.#tree.release(this.#file(path));
    directory.entries.delete(name);
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#node(from);
    const source = this.#entry(from, 'permission-denied');
    const destination = this.#entry(to, 'permission-denied');
    if (to.startsWith(`${from}/`)) throw new StorageError('invalid-name', 'a directory cannot go into itself');
    const old = destination.directory.entries.get(destination.name);
    if (old === node) return;
    if (old) this.#checkReplaceable(old, node, to);
    if (old?.type === 'file') this.#tree.release(old);
    source.directory.entries.delete(source.name);
    destination.directory.entries.set(destination.name, node);
  }

  async setTimes(path: string, { modifiedMs }: { readonly modifiedMs?: number }): Promise<void> {
    const node = this.#node(path);
    node.modifiedMs = modifiedMs ?? node.modifiedMs;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#node(path).mode = mode;
  }

  async available(path: string): Promise<number> {
    this.#node(path);
    return this.#tree.available;
  }

  within(directory: string): MemoryFileSystem {
    checkPath(directory);
    const base = directory === '/' ? this.#base : this.#base + directory;
    return new MemoryFileSystem({ brokenUploads: this.#brokenUploads }, { tree: this.#tree, base });
  }

  #put(path: string, content: string | Uint8Array): void {
    checkPath(path);
    const segments = path.slice(1).split('/');
    const name = segments.pop()!;
    let directory = this.#directory('/');
    for (const segment of segments) {
      const next = directory.entries.get(segment) ?? this.#tree.newDirectory();
      if (next.type !== 'directory') throw new StorageError('not-a-directory', JSON.stringify(path));
      directory.entries.set(segment, next);
      directory = next;
    }
    const file = this.#tree.newFile();
    this.#tree.store(file, 0, typeof content === 'string' ? Buffer.from(content) : content);
    directory.entries.set(name, file);
  }

  #node(path: string): MemoryNode {
    checkPath(path);
    return this.#tree.find(this.#base + path);
  }

  #file(path: string): MemoryFile {
    const node = this.#node(path);
    if (node.type !== 'file') throw new StorageError('is-a-directory', JSON.stringify(path));
    return node;
  }

  #directory(path: string): MemoryDirectory {
    checkPath(path);
    return this.#tree.findDirectory(this.#base + path);
  }

  #entry(path: string, ofRoot: StorageErrorKind): { readonly directory: MemoryDirectory; readonly name: string } {
    const { parent, name } = splitPath(path, ofRoot);
    return { directory: this.#directory(parent), name };
  }

  /** What rename(2) says when the new name is taken. */
  #checkReplaceable(old: MemoryNode, node: MemoryNode, path: string): void {
    if (old.type === 'directory' && node.type !== 'directory') throw new StorageError('is-a-directory', path);
    if (old.type !== 'directory' && node.type === 'directory') throw new StorageError('not-a-directory', path);
    if (old.type === 'directory' && old.entries.size > 0) throw new StorageError('not-empty', path);
  }
}

function statusOf(node: MemoryNode): FileStatus {
  const { type, modifiedMs, createdMs, mode, id } = node;
  const size = node.type === 'file' ? node.content.size : 0;
  return { type, size, modifiedMs, createdMs, mode, links: 1, id: id.toString(36) };
}

class MemoryReader implements ReadableFile {
  readonly size: number;
  readonly #file: MemoryFile;
  #position: number;

  constructor(file: MemoryFile, start: number) {
    this.#file = file;
    this.#position = start;
    this.size = file.content.size;
  }

  async read(buffer: Uint8Array): Promise<number> {
    const rest = this.#file.content.view.subarray(this.#position, this.#position + buffer.byteLength);
    if (rest.byteLength === 0 && buffer.byteLength > 0 && this.#position < this.size) {
      throw new StorageError('changed-while-reading', 'the file is shorter than it was');
    }
    buffer.set(rest);
    this.#position += rest.byteLength;
    return rest.byteLength;
  }

  async close(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
