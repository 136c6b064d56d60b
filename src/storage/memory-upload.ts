/** A file of a MemoryFileSystem, open for writing. */
import type { BrokenUploads, WritableFile, WriteMode } from './file-system.ts';
import type { MemoryDirectory, MemoryFile, MemoryNode, MemoryTree } from './memory-tree.ts';
import { StorageError } from './storage-error.ts';

/** Where an upload goes and by what rules. */
export interface MemoryUploadPlan {
  readonly tree: MemoryTree;
  readonly directory: MemoryDirectory;
  readonly name: string;
  readonly how: WriteMode;
  readonly brokenUploads: BrokenUploads;
}

/** @throws StorageError `is-a-directory`, `exists`, `no-space`, `offset-beyond-end`. */
export function openMemoryUpload(plan: MemoryUploadPlan): WritableFile {
  const { tree, directory, name, how } = plan;
  const old = directory.entries.get(name);
  if (old?.type === 'directory') throw new StorageError('is-a-directory', JSON.stringify(name));
  if (how.mode === 'replace' || how.mode === 'new') {
    if (old && how.mode === 'new') throw new StorageError('exists', JSON.stringify(name));
    if ((how.expectedSize ?? 0) > tree.available) throw new StorageError('no-space', `${how.expectedSize} announced`);
    return new MemoryReplacement(plan, old);
  }
  return new MemoryContinuation(plan, old);
}

/** The state and the writing that both ways have in common. */
abstract class MemoryUpload implements WritableFile {
  readonly start: number;
  protected readonly plan: MemoryUploadPlan;
  protected readonly file: MemoryFile;
  protected end: number;
  #state: 'open' | 'ended' = 'open';

  constructor(plan: MemoryUploadPlan, file: MemoryFile, start: number) {
    this.plan = plan;
    this.file = file;
    this.start = start;
    this.end = start;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#state === 'ended') throw new StorageError('input-output', 'the file is closed');
    if (this.plan.how.mode === 'append') this.end = this.file.content.size;
    this.plan.tree.store(this.file, this.end, chunk);
    this.end += chunk.byteLength;
  }

  async commit(): Promise<void> {
    if (this.#finish()) this.settle();
  }

  async abandon(): Promise<void> {
    if (this.#finish()) this.discard(this.end > this.start && this.plan.brokenUploads === 'keep');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.abandon();
  }

  protected abstract settle(): void;
  /** @param keep whether what arrived is kept, as far as that leaves an old file alone. */
  protected abstract discard(keep: boolean): void;

  #finish(): boolean {
    const first = this.#state === 'open';
    this.#state = 'ended';
    return first;
  }
}

/** Written beside the old file, takes its name at commit. In mode `new` an empty file keeps the name free for it. */
class MemoryReplacement extends MemoryUpload {
  readonly #placeholder: MemoryFile | undefined;

  constructor(plan: MemoryUploadPlan, old: MemoryNode | undefined) {
    super(plan, plan.tree.newFile(), 0);
    if (old) this.file.mode = old.mode;
    if (plan.how.mode === 'new') {
      this.#placeholder = plan.tree.newFile();
      plan.directory.entries.set(plan.name, this.#placeholder);
    }
  }

  protected settle(): void {
    const { tree, directory, name, how } = this.plan;
    this.#withdrawPlaceholder();
    const old = directory.entries.get(name);
    const refusal = old && (old.type === 'directory' ? 'is-a-directory' : how.mode === 'new' ? 'exists' : undefined);
    if (refusal) {
      tree.release(this.file);
      throw new StorageError(refusal, JSON.stringify(name));
    }
    if (old?.type === 'file') tree.release(old);
    directory.entries.set(name, this.file);
  }

  protected discard(keep: boolean): void {
    const { tree, directory, name } = this.plan;
    this.#withdrawPlaceholder();
    if (keep && !directory.entries.has(name)) directory.entries.set(name, this.file);
    else tree.release(this.file);
  }

  /** Unless somebody else has the name by now, or has written into the file that stood there. */
  #withdrawPlaceholder(): void {
    const { directory, name } = this.plan;
    const ours = this.#placeholder && directory.entries.get(name) === this.#placeholder;
    if (ours && this.#placeholder?.content.size === 0) directory.entries.delete(name);
  }
}

/** Written into the file itself, which only grows until commit. */
class MemoryContinuation extends MemoryUpload {
  readonly #created: boolean;

  constructor(plan: MemoryUploadPlan, old: MemoryFile | undefined) {
    const { tree, directory, name, how } = plan;
    const size = old?.content.size ?? 0;
    const start = how.mode === 'resume' ? how.at : size;
    if (start > size) throw new StorageError('offset-beyond-end', `${start} of ${size}`);
    const file = old ?? tree.newFile();
    directory.entries.set(name, file);
    super(plan, file, start);
    this.#created = old === undefined;
  }

  protected settle(): void {
    if (this.plan.how.mode === 'resume') this.plan.tree.truncate(this.file, this.end);
  }

  protected discard(keep: boolean): void {
    const { tree, directory, name, how } = this.plan;
    if (this.#created && !keep) {
      directory.entries.delete(name);
      tree.release(this.file);
    } else if (this.end > this.start && !keep) {
      tree.truncate(this.file, this.start);
    } else if (this.end > this.start && how.mode === 'resume') {
      tree.truncate(this.file, this.end);
    }
  }
}
