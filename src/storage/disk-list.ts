/** Directories of the disk, a batch at a time: as quick to begin with a hundred thousand entries as with ten. */
import { unlink } from 'node:fs/promises';
import { type FoundEntry, withSource } from './directory-source.ts';
import type { Place } from './disk-jail.ts';
import { fileTypeOf } from './disk-status.ts';
import { EntryLookups, lstatOf } from './entry-lookups.ts';
import type { DirectoryEntry } from './file-system.ts';
import type { LinkTargets } from './link-targets.ts';
import { isTemporaryName } from './temporary-name.ts';

/** An upload that has not grown for so long belongs to a server that was killed. */
const STALE_UPLOAD_MS = 24 * 60 * 60 * 1000;

type Batches<Entry> = AsyncGenerator<readonly Entry[]>;

/** Names and types, from the directory alone. Uploads under way are left out; dead ones are removed in passing. */
export function listNames(directory: Place): Batches<DirectoryEntry> {
  return withSource(directory, async function* ({ batches }) {
    for await (const batch of withoutUploads(directory, batches)) {
      const entries = batch.some(({ type }) => type === undefined)
        ? await withTypes(directory, batch)
        : batch.map(({ name, type }) => ({ name, type: type! }));
      if (entries.length > 0) yield entries;
    }
  });
}

/** The same with a status for each entry. An entry that is gone by the time it is looked at is left out. */
export function listDetails(directory: Place, links: LinkTargets): Batches<DirectoryEntry> {
  return withSource(directory, async function* ({ batches, descriptor }) {
    const lookups = await EntryLookups.in(directory, links, descriptor);
    for await (const batch of withoutUploads(directory, batches)) {
      const described = await lookups.describe(batch);
      if (described.length > 0) yield described;
    }
  });
}

async function* withoutUploads(
  directory: Place,
  batches: AsyncIterable<readonly FoundEntry[]>,
): AsyncGenerator<readonly FoundEntry[]> {
  for await (const batch of batches) {
    const uploads = batch.filter(({ name }) => isTemporaryName(name));
    yield uploads.length === 0 ? batch : batch.filter((entry) => !uploads.includes(entry));
    for (const { name } of uploads) await removeIfStale(directory, name);
  }
}

/** For disks that do not keep the types with the names. */
async function withTypes(directory: Place, batch: readonly FoundEntry[]): Promise<readonly DirectoryEntry[]> {
  const typed = await Promise.all(
    batch.map(async ({ name, type }) => {
      const stats = type === undefined ? await lstatOf(directory, name).catch(() => undefined) : undefined;
      const known = stats ? fileTypeOf(stats) : type;
      return known && { name, type: known };
    }),
  );
  return typed.filter((entry) => entry !== undefined);
}

/** Nobody's request fails because of litter: what cannot be removed stays. */
async function removeIfStale(directory: Place, name: string): Promise<void> {
  try {
    const stats = await lstatOf(directory, name);
    if (Date.now() - stats.mtimeMs > STALE_UPLOAD_MS) await unlink(directory.entry(name));
  } catch {}
}
