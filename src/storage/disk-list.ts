/** Directories of the disk, a batch at a time: as quick to begin with a hundred thousand entries as with ten. */
import { lstat, type Stats } from 'node:fs';
import { opendir, unlink } from 'node:fs/promises';
import type { Place } from './disk-jail.ts';
import { fileTypeOf, statusOf } from './disk-status.ts';
import { errnoCodeOf } from './errno-kinds.ts';
import type { DirectoryEntry } from './file-system.ts';
import type { LinkTargets } from './link-targets.ts';
import { decodeOctets } from './octets.ts';
import { isTemporaryName } from './temporary-name.ts';
import { Turns } from './turns.ts';
import { type UnixNames, unixNames } from './unix-names.ts';

/** Entries in a batch, read and sent together: enough to make one cheap, few enough to be formatted unnoticed. */
const BATCH = 128;
/** Entries that are looked at together: the calls of lstat(2) that are made in one go. */
const LOOKUPS = 32;
/**
 * All listings of a process share these turns. The event loop deals with all lookups that have come back in one go, so
 * their number is what other clients wait for, however many listings run. As many as Node's pool has threads.
 */
const turns = new Turns(4);
/** An upload that has not grown for so long belongs to a server that was killed. */
const STALE_UPLOAD_MS = 24 * 60 * 60 * 1000;

/** Names and types, from the directory alone. Uploads under way are left out; dead ones are removed in passing. */
export async function* listNames(directory: Place): AsyncGenerator<readonly DirectoryEntry[]> {
  // As buffers: a name that is not UTF-8 would come back altered, and could then be neither shown nor found again.
  const encoding = 'buffer' as BufferEncoding;
  let batch: DirectoryEntry[] = [];
  for await (const entry of await opendir(directory.path, { encoding, bufferSize: BATCH })) {
    const name = decodeOctets(entry.name as unknown as Buffer);
    if (isTemporaryName(name)) {
      await removeIfStale(directory, name);
      continue;
    }
    batch.push({ name, type: fileTypeOf(entry) });
    if (batch.length === BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** The same with a status for each entry. An entry that is gone by the time it is looked at is left out. */
export async function* listDetails(directory: Place, links: LinkTargets): AsyncGenerator<readonly DirectoryEntry[]> {
  const names = await unixNames();
  for await (const batch of listNames(directory)) {
    const detailed: DirectoryEntry[] = [];
    for (let from = 0; from < batch.length; from += LOOKUPS) {
      const part = batch.slice(from, from + LOOKUPS);
      const found = await turns.run(() =>
        Promise.all(part.map((entry) => describe(directory, entry.name, names, links))),
      );
      for (const entry of found) if (entry) detailed.push(entry);
    }
    yield detailed;
  }
}

async function describe(
  directory: Place,
  name: string,
  names: UnixNames,
  links: LinkTargets,
): Promise<DirectoryEntry | undefined> {
  try {
    const stats = await lstatOf(directory, name);
    const target = stats.isSymbolicLink() ? await links.visibleTarget(name) : undefined;
    const status = statusOf(stats, names, target);
    return { name, type: status.type, status };
  } catch (error) {
    // EACCES: a directory that may be read but not searched. Its other entries fail in the same way.
    if (['ENOENT', 'EACCES', 'EINVAL'].includes(errnoCodeOf(error) ?? '')) return undefined;
    throw error;
  }
}

/** With a callback: twice as fast as the lstat of fs/promises, which counts in a directory of a hundred thousand. */
function lstatOf(directory: Place, name: string): Promise<Stats> {
  return new Promise((resolve, reject) => {
    lstat(directory.entry(name), (error, stats) => (error ? reject(error) : resolve(stats)));
  });
}

/** Nobody's request fails because of litter: what cannot be removed stays. */
async function removeIfStale(directory: Place, name: string): Promise<void> {
  try {
    const stats = await lstatOf(directory, name);
    if (Date.now() - stats.mtimeMs > STALE_UPLOAD_MS) await unlink(directory.entry(name));
  } catch {}
}
