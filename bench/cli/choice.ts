/** Who takes part and in what, as the command line has it. */
import { readFileSync } from 'node:fs';
import { architectures } from '../../architectures/index.ts';
import { peers as allPeers, usualPeers } from '../candidates/registry.ts';
import { type Contestant, ownContestant, peerContestant } from '../run/contestant.ts';
import { extentOf, type Item, type Wishes } from '../run/schedule.ts';
import { workloads } from '../workloads/registry.ts';
import { named, UsageError } from './names.ts';

export const architectureNames = architectures.map(({ name }) => name);
export const usualPeerNames = usualPeers;

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/**
 * @param own names of architectures; undefined: all. @param others names of peers; true: those that are usual; undefined: none.
 * @param note told of those that are not there.
 */
export async function chooseContestants(
  own: readonly string[] | undefined,
  others: readonly string[] | true | undefined,
  note: (text: string) => void,
): Promise<Contestant[]> {
  const contestants = named(own, 'architecture', architectures).map((each) => ownContestant(each, version));
  const asked = others === true ? usualPeers : (others ?? []);
  for (const peer of named(asked, 'peer', Object.values(allPeers))) {
    const missing = await peer.missing();
    if (missing === undefined) contestants.push(await peerContestant(peer));
    else note(`${peer.name} takes no part: ${missing}`);
  }
  return contestants;
}

/** @param names of workloads; undefined: those that are usual. */
export function chooseItems(names: readonly string[] | undefined, wishes: Wishes): Item[] {
  const chosen = named(names, 'workload', workloads);
  const items = chosen.flatMap((workload): Item[] => {
    const extent = extentOf(workload, wishes) ?? (names && extentOf(workload, { ...wishes, full: true }));
    return extent ? [{ workload, extent }] : [];
  });
  if (items.length === 0) throw new UsageError('there is no workload to run');
  return items;
}
