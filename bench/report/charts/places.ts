import type { CandidateRecord } from '../../record/record.ts';

/** The place of a candidate among all: charts know them by it, so that each has its colour everywhere. */
export type PlaceOf = (candidate: string) => number;

export function placesOf(candidates: readonly CandidateRecord[]): PlaceOf {
  const places = new Map(candidates.map(({ name }, place) => [name, place]));
  return (candidate) => {
    const place = places.get(candidate);
    if (place === undefined) throw new Error(`the record tells of ${candidate}, which is not among its candidates`);
    return place;
  };
}
