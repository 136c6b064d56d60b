/** In which order what is done. */
import type { Extent, Workload } from '../workloads/workload.ts';

/** A workload with how much of it is done in this bench. */
export interface Item {
  readonly workload: Workload;
  readonly extent: Extent;
}

/** One candidate, at one number of clients, once. @typeParam C who. */
export interface Turn<C> {
  readonly candidate: C;
  readonly clients: number;
  readonly repetition: number;
}

/** What the command line may change of all workloads. */
export interface Wishes {
  readonly full: boolean;
  /** Of each run that does not end after a number of operations. */
  readonly seconds?: number;
  /** Clients of each run, where their number can be chosen. */
  readonly clients?: number;
  readonly repetitions?: number;
}

/** @returns undefined for a workload that this bench leaves out. */
export function extentOf(workload: Workload, wishes: Wishes): Extent | undefined {
  const extent = wishes.full ? workload.full : workload.quick;
  if (!extent) return undefined;
  const { repetitions = extent.repetitions, clients } = wishes;
  const one =
    clients === undefined || workload.fixedClients ? extent : { clients: [clients], headlineClients: clients };
  return { ...extent, ...one, seconds: secondsOf(workload, extent, wishes.seconds), repetitions };
}

function secondsOf(workload: Workload, { seconds, usualSeconds }: Extent, wished = seconds): number {
  // Where operations are counted, time is only the most that they may take.
  if (usualSeconds !== undefined) return seconds;
  // Who is to crash needs time to come back.
  return workload.crashAfterSeconds === undefined ? wished : Math.max(wished, seconds);
}

/**
 * The turns of a workload, repetition by repetition, so that what changes on the machine meanwhile meets all candidates; who
 * begins changes as well.
 */
export function* turnsOf<C>(
  { clients, repetitions }: Pick<Extent, 'clients' | 'repetitions'>,
  candidates: readonly C[],
): Generator<Turn<C>> {
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const count of clients) {
      for (const index of candidates.keys()) {
        yield { candidate: candidates[(index + repetition) % candidates.length]!, clients: count, repetition };
      }
    }
  }
}

/** Descriptors besides those of the clients. */
const OTHER_DESCRIPTORS = 256;

/**
 * Leaves out clients that could not all have a descriptor.
 * @param limit of each process (RLIMIT_NOFILE). @param note told what was left out, and what to do.
 */
export function withinDescriptors(items: readonly Item[], limit: number, note: (text: string) => void): Item[] {
  const room = limit - OTHER_DESCRIPTORS;
  return items.map((item) => {
    const { clients, headlineClients } = item.extent;
    const most = Math.max(...clients);
    if (most <= room) return item;
    const fewer = Math.max(1, Math.floor(room / 100) * 100);
    note(
      `${item.workload.title}: ${most} clients need ${most + OTHER_DESCRIPTORS} descriptors and ${limit} are allowed, so there ` +
        `are ${fewer} at the most; ulimit -n ${most + OTHER_DESCRIPTORS} in the shell lets all of them in`,
    );
    const fitting = [...new Set([...clients.filter((count) => count < fewer), fewer])];
    return { ...item, extent: { ...item.extent, clients: fitting, headlineClients: Math.min(headlineClients, fewer) } };
  });
}
