/** The entries of a directory as its page shows them: in order as far as that is possible, and without end. */
import { joinPath } from '../protocol/virtual-path.ts';
import type { FileStatus, FileSystem } from '../storage/file-system.ts';
import { StorageError } from '../storage/storage-error.ts';

/** Directories up to this size are sorted; larger ones are shown as they are read, so that memory stays flat. */
const SORTED_ENTRIES = 2_000;

export interface ListedEntry {
  readonly name: string;
  readonly type: 'file' | 'directory';
  /** Octets. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modifiedMs: number;
}

export interface Listing extends AsyncDisposable {
  /** Directories first, each sort by name; otherwise in the order of the disk. */
  readonly sorted: boolean;
  /** To be gone through once. */
  readonly batches: AsyncIterable<readonly ListedEntry[]>;
}

/**
 * Begins to read a directory. It has been read from already when this is fulfilled: what can be refused has been.
 * @throws StorageError.
 */
export async function openListing(storage: FileSystem, path: string): Promise<Listing> {
  const rest = readEntries(storage, path);
  const held: ListedEntry[] = [];
  let complete = false;
  while (!complete && held.length <= SORTED_ENTRIES) {
    const { value, done } = await rest.next();
    if (done) complete = true;
    else held.push(...value);
  }
  if (complete) held.sort(byTypeAndName);
  return {
    sorted: complete,
    batches: inParts(held, rest),
    [Symbol.asyncDispose]: async () => void (await rest.return(undefined)),
  };
}

const PART = 128;

async function* inParts(
  held: readonly ListedEntry[],
  rest: AsyncIterable<readonly ListedEntry[]>,
): AsyncGenerator<readonly ListedEntry[]> {
  for (let from = 0; from < held.length; from += PART) yield held.slice(from, from + PART);
  yield* rest;
}

/** What can be fetched: links as what they lead to, and neither those that lead nowhere nor sockets and the like. */
async function* readEntries(storage: FileSystem, path: string): AsyncGenerator<readonly ListedEntry[]> {
  for await (const batch of storage.list(path, { details: true })) {
    const listed: ListedEntry[] = [];
    for (const entry of batch) {
      const status = entry.type === 'symlink' ? await targetOf(storage, joinPath(path, entry.name)) : entry.status;
      const type = status?.type ?? entry.type;
      if (type !== 'file' && type !== 'directory') continue;
      listed.push({ name: entry.name, type, size: status?.size ?? 0, modifiedMs: status?.modifiedMs ?? 0 });
    }
    yield listed;
  }
}

/** @returns undefined for a link that cannot be followed, or must not. */
async function targetOf(storage: FileSystem, path: string): Promise<FileStatus | undefined> {
  try {
    return await storage.stat(path);
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

/** People expect `9` before `10`. */
const { compare } = new Intl.Collator('en', { numeric: true });

function byTypeAndName(a: ListedEntry, b: ListedEntry): number {
  if (a.type !== b.type) return a.type === 'directory' ? -1 : 1;
  return compare(a.name, b.name) || (a.name < b.name ? -1 : Number(a.name > b.name));
}
