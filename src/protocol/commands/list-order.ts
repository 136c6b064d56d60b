import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DirectoryEntry } from '../../storage/file-system.ts';
import type { ListSwitches } from '../list-switches.ts';

/** Directories up to this size are sorted; larger ones are sent as they are read, so that memory stays flat. */
const SORTED_ENTRIES = 2_000;
/** Entries that are sent at once of those that were held back. */
const PART = 128;

type Batches = AsyncIterable<readonly DirectoryEntry[]>;

/** By name, by time (-t) or by size (-S), as ls(1) does; `reverse` (-r) turns it round. */
export async function* inOrder(batches: Batches, switches: ListSwitches): AsyncGenerator<readonly DirectoryEntry[]> {
  const held: DirectoryEntry[] = [];
  let sorted = true;
  for await (const batch of batches) {
    if (sorted && held.length + batch.length <= SORTED_ENTRIES) {
      held.push(...batch);
      continue;
    }
    sorted = false;
    yield* inParts(held.splice(0));
    yield batch;
  }
  yield* inParts(held.sort(comparison(switches)));
}

/** What was held back goes out like the rest, a little per turn of the event loop: others want to be served between. */
async function* inParts(entries: readonly DirectoryEntry[]): AsyncGenerator<readonly DirectoryEntry[]> {
  for (let from = 0; from < entries.length; from += PART) {
    if (from > 0) await nextTurn();
    yield entries.slice(from, from + PART);
  }
}

function comparison({ byTime, bySize, reverse }: ListSwitches): (a: DirectoryEntry, b: DirectoryEntry) => number {
  const direction = reverse ? -1 : 1;
  const key = byTime ? 'modifiedMs' : bySize ? 'size' : undefined;
  return (a, b) => {
    const larger = key ? (b.status?.[key] ?? 0) - (a.status?.[key] ?? 0) : 0;
    return direction * (larger || (a.name < b.name ? -1 : Number(a.name > b.name)));
  };
}
