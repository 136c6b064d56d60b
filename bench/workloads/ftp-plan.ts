import type { FtpPlan, Step } from '../load/plan.ts';
import type { Setting } from './workload.ts';

/** What clients do first that stay connected. */
export const LOGGED_IN: readonly Step[] = [{ do: 'connect' }, { do: 'login' }];

/** For those who stand beside the others: what they do is not limited, and ends when those are done. */
export const UNTIL_STOPPED = { warmUpSeconds: 0, seconds: Number.POSITIVE_INFINITY } as const;

/** In most workloads each client is as fast as it can, and nobody waits so long for an answer. */
const USUAL = { driver: 'sockets', prepare: LOGGED_IN, pace: { kind: 'closed' }, patienceMs: 10_000 } as const;

/** A plan for the setting, with what is not usual in it. */
export function ftpPlan(
  { server, clients, seconds, warmUpSeconds }: Setting,
  plan: Pick<FtpPlan, 'operation'> & Partial<FtpPlan>,
): FtpPlan {
  return { ...USUAL, server, clients, seconds, warmUpSeconds, ...plan };
}

/** RETR of a file. @param check what of it is compared: all of it, by its SHA-256, or its length alone, which is much cheaper. */
export function retrieval(
  { pathOf, sha256Of }: Pick<Setting, 'pathOf' | 'sha256Of'>,
  { name, octets }: { readonly name: string; readonly octets: number },
  check: 'octets' | 'length' = 'octets',
): Extract<Step, { readonly do: 'retrieve' }> {
  return { do: 'retrieve', path: pathOf(name), octets, ...(check === 'octets' && { sha256: sha256Of(name) }) };
}
