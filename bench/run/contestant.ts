/** Who takes part: one of our architectures, or a server of others. */
import type { Candidate } from '../candidates/candidate.ts';
import { ohaiFtpdServing, type Service } from '../candidates/ohai-ftpd.ts';
import type { Peer } from '../candidates/peer.ts';
import type { CandidateRecord } from '../record/record.ts';
import type { Workload } from '../workloads/workload.ts';

/** What a runner tells of itself. */
interface Architecture {
  readonly name: string;
  readonly traits: { readonly atATime: string };
}

export interface Contestant {
  readonly record: CandidateRecord;
  /** The server to start for what a workload needs. */
  serving(service: Service): Candidate;
  /** Why it has no part in a workload by its nature, or not with so many clients; undefined when it has. */
  exemptFrom(workload: Workload, clients: number): string | undefined;
}

/** @param architecture of the registry. @param version of ohai-ftpd. */
export function ownContestant({ name, traits }: Architecture, version: string): Contestant {
  return {
    record: { name, kind: 'architecture', version, atATime: traits.atATime },
    serving: (service) => ohaiFtpdServing(service, name, name),
    exemptFrom: ({ clientsStay }, clients) => (clientsStay ? tooMany(traits.atATime, clients) : undefined),
  };
}

export async function peerContestant(peer: Peer): Promise<Contestant> {
  const version = await peer.version?.();
  return {
    record: { name: peer.name, kind: 'peer', ...(version !== undefined && { version }) },
    serving: () => peer,
    exemptFrom: ({ notForPeers }) => notForPeers,
  };
}

/** Of those for whom a process or a thread is started: see `maxConnections` in RunOptions. */
const ALLOWED_BY_DEFAULT = 256;

/** What is known beforehand: to find it out would take a bench its time, and bench:claims shows it. */
function tooMany(atATime: string, clients: number): string | undefined {
  if (atATime === '1') return 'serves one client at a time, and these stay connected';
  if (atATime !== 'as many as allowed' || clients <= ALLOWED_BY_DEFAULT) return undefined;
  return `has a limit of ${ALLOWED_BY_DEFAULT} clients (--max-connections), and these stay connected`;
}
