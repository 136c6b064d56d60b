import type { Line } from './line.ts';
import type { ParentDuties, UnitDuties } from './messages.ts';
import type { Contact } from './roster.ts';

/** @param line to the unit. A function, since the unit is enlisted before the line has anything to answer with. */
export function contactOver(line: () => Line<ParentDuties, UnitDuties>): Contact {
  return {
    activities: () => line().ask('activities'),
    kick: (id) => line().tell('kick', id),
    portWanted: (address) => line().tell('portWanted', address),
  };
}
