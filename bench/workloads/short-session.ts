/** What somebody does who fetches a single file. */
import type { Step } from '../load/plan.ts';
import { SMALL } from './sizes.ts';
import type { Setting } from './workload.ts';

export function shortSession({ pathOf, sha256Of }: Pick<Setting, 'pathOf' | 'sha256Of'>): readonly Step[] {
  return [
    { do: 'connect' },
    { do: 'login' },
    { do: 'retrieve', path: pathOf(SMALL.name), octets: SMALL.octets, sha256: sha256Of(SMALL.name) },
    { do: 'quit' },
  ];
}
