/** What somebody does who fetches a single file. */
import type { Step } from '../load/plan.ts';
import { LOGGED_IN, retrieval } from './ftp-plan.ts';
import { SMALL } from './sizes.ts';
import type { Setting } from './workload.ts';

export function shortSession(setting: Setting): readonly Step[] {
  return [...LOGGED_IN, retrieval(setting, SMALL), { do: 'quit' }];
}
