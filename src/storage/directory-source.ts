/** Where a listing takes the names of a directory from: the kernel itself, or Node where that cannot be. */
import { closeSync, constants, type Dirent, open } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { directoryReaderAvailable, ENTRY_KINDS, EntryBuffer, type ReadEntry } from '../posix/directory-reader.ts';
import type { NativePath, Place } from './disk-jail.ts';
import type { FileType } from './file-system.ts';
import { decodeOctets } from './octets.ts';
import { Turns } from './turns.ts';

/** Entries in a batch, read and sent together: enough to make one cheap, few enough to be formatted unnoticed. */
const BATCH = 256;

/** As many at a time as Node's pool has threads: more would only wait there, in the way of others. */
const reads = new Turns(4);

export interface FoundEntry {
  readonly name: string;
  /** Undefined when the disk does not say without being asked for each entry. */
  readonly type: FileType | undefined;
  /** Of the name in memory (see posix/directory-reader.ts), as long as its batch is the last that was asked for. */
  readonly nameAddress?: number;
}

export interface DirectorySource {
  /** Every entry but `.` and `..`, up to BATCH at a time. */
  readonly batches: AsyncIterable<readonly FoundEntry[]>;
  /** Of the directory, open for as long as the batches last; undefined when Node reads it. */
  readonly descriptor: number | undefined;
}

/** Runs `work` on a directory that is open meanwhile. @throws what the operating system says. */
export async function* withSource<T>(
  directory: Place,
  work: (source: DirectorySource) => AsyncIterable<T>,
): AsyncGenerator<T> {
  if (!directoryReaderAvailable()) {
    yield* work({ batches: batchesOfNode(directory), descriptor: undefined });
    return;
  }
  const descriptor = await openDirectory(directory.path);
  try {
    yield* work({ batches: batchesOfKernel(descriptor), descriptor });
  } finally {
    closeSync(descriptor);
  }
}

async function* batchesOfKernel(descriptor: number): AsyncGenerator<readonly FoundEntry[]> {
  const read = (into: EntryBuffer) => {
    const entries = reads.run(() => into.fill(descriptor));
    // A failure is for whoever takes them, and a listing may end before somebody does.
    entries.catch(() => {});
    return { from: into, entries };
  };
  let next = read(new EntryBuffer());
  let other = new EntryBuffer();
  try {
    for (;;) {
      const { from: buffer } = next;
      const entries = await next.entries;
      if (!entries) return;
      next = read(other);
      for (let from = 0; from < entries.length; from += BATCH) {
        yield entries.slice(from, from + BATCH).map((entry) => found(buffer, entry));
      }
      other = buffer;
    }
  } finally {
    // It writes into memory, and reads from a descriptor, that are about to be given back.
    await next.entries.catch(() => {});
  }
}

const REPLACEMENT_CHARACTER = '\ufffd';

function found(buffer: EntryBuffer, entry: ReadEntry): FoundEntry {
  const { name, kind, nameAddress } = entry;
  const exact = name.includes(REPLACEMENT_CHARACTER) ? decodeOctets(buffer.nameOctets(entry)) : name;
  return { name: exact, type: typeOfKind(kind), nameAddress };
}

function typeOfKind(kind: number): FileType | undefined {
  switch (kind) {
    case ENTRY_KINDS.unknown:
      return undefined;
    case ENTRY_KINDS.file:
      return 'file';
    case ENTRY_KINDS.directory:
      return 'directory';
    case ENTRY_KINDS.symlink:
      return 'symlink';
    default:
      return 'other';
  }
}

async function* batchesOfNode(directory: Place): AsyncGenerator<readonly FoundEntry[]> {
  // As buffers: a name that is not UTF-8 would come back altered, and could then be neither shown nor found again.
  const encoding = 'buffer' as BufferEncoding;
  let batch: FoundEntry[] = [];
  for await (const entry of await opendir(directory.path, { encoding, bufferSize: BATCH })) {
    batch.push({ name: decodeOctets(entry.name as unknown as Buffer), type: typeOfDirent(entry) });
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function typeOfDirent(entry: Dirent): FileType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

function openDirectory(path: NativePath): Promise<number> {
  return new Promise((resolve, reject) => {
    open(path, constants.O_RDONLY | constants.O_DIRECTORY, (error, descriptor) =>
      error ? reject(error) : resolve(descriptor),
    );
  });
}
