/** The nodes of a MemoryFileSystem, and how a path leads to one. */
import { StorageError } from './storage-error.ts';

interface Metadata {
  readonly id: number;
  mode: number;
  modifiedMs: number;
  readonly createdMs: number;
}

export interface MemoryFile extends Metadata {
  readonly type: 'file';
  readonly content: GrowingOctets;
}

export interface MemoryDirectory extends Metadata {
  readonly type: 'directory';
  readonly entries: Map<string, MemoryNode>;
}

export type MemoryNode = MemoryFile | MemoryDirectory;

export class MemoryTree {
  readonly root: MemoryDirectory;
  /** Octets that files and uploads under way may take together. */
  readonly capacity: number;
  #used = 0;
  #lastId = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.root = this.newDirectory();
  }

  get available(): number {
    return this.capacity - this.#used;
  }

  newFile(): MemoryFile {
    return { type: 'file', content: new GrowingOctets(), ...this.#metadata(0o644) };
  }

  newDirectory(): MemoryDirectory {
    return { type: 'directory', entries: new Map(), ...this.#metadata(0o755) };
  }

  /** Stores octets in a file. @throws StorageError `no-space` when they do not fit. */
  store(file: MemoryFile, offset: number, octets: Uint8Array): void {
    const growth = Math.max(0, offset + octets.byteLength - file.content.size);
    if (growth > this.available) throw new StorageError('no-space', `${growth} octets, ${this.available} left`);
    file.content.write(offset, octets);
    file.modifiedMs = Date.now();
    this.#used += growth;
  }

  truncate(file: MemoryFile, size: number): void {
    this.#used -= file.content.size - size;
    file.content.truncate(size);
  }

  /** Makes the space of a file that is in no directory any more available. Whoever reads it can go on. */
  release(file: MemoryFile): void {
    this.#used -= file.content.size;
  }

  /** @throws StorageError `not-found`, `not-a-directory`. */
  find(path: string): MemoryNode {
    let node: MemoryNode = this.root;
    for (const segment of path.split('/').filter(Boolean)) {
      if (node.type !== 'directory') throw new StorageError('not-a-directory', JSON.stringify(path));
      const next = node.entries.get(segment);
      if (!next) throw new StorageError('not-found', JSON.stringify(path));
      node = next;
    }
    return node;
  }

  findDirectory(path: string): MemoryDirectory {
    const node = this.find(path);
    if (node.type !== 'directory') throw new StorageError('not-a-directory', JSON.stringify(path));
    return node;
  }

  #metadata(mode: number): Metadata {
    this.#lastId += 1;
    const now = Date.now();
    return { id: this.#lastId, mode, modifiedMs: now, createdMs: now };
  }
}

/** Octets that can be added to without a copy of all of them each time. */
export class GrowingOctets {
  #buffer = Buffer.alloc(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** What is there now, as a view that later writes may show through. */
  get view(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  write(offset: number, octets: Uint8Array): void {
    const end = offset + octets.byteLength;
    if (end > this.#buffer.byteLength) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#buffer.byteLength));
      larger.set(this.view);
      this.#buffer = larger;
    }
    this.#buffer.set(octets, offset);
    this.#size = Math.max(this.#size, end);
  }

  truncate(size: number): void {
    this.#size = Math.min(this.#size, size);
  }
}
