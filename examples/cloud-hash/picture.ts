import type { Observation } from './experiment.ts';
import type { Place } from './requests.ts';

/** A unit that has answered, and its hash. */
export interface UnitPicture {
  readonly place: Place;
  /** Numbers of the keys that were set here. */
  readonly stored: readonly number[];
  /** GETs that came here, and how many of them found their key. */
  readonly asked: number;
  readonly found: number;
}

/** What is known so far. */
export interface Picture {
  readonly keys: number;
  readonly units: readonly UnitPicture[];
  /** SETs that are answered. */
  readonly set: number;
  /** Of each key that was asked for, whether it was found. */
  readonly gets: ReadonlyMap<number, boolean>;
}

/** @param keys that will be set and asked for. */
export function emptyPicture(keys: number): Picture {
  return { keys, units: [], set: 0, gets: new Map() };
}

/** The picture with one more answer in it. */
export function withObservation(picture: Picture, { request, key, place, found }: Observation): Picture {
  const isHere = (unit: UnitPicture) => unit.place.process === place.process && unit.place.thread === place.thread;
  const before = picture.units.find(isHere) ?? { place, stored: [], asked: 0, found: 0 };
  const after =
    request === 'SET'
      ? { ...before, stored: [...before.stored, key] }
      : { ...before, asked: before.asked + 1, found: before.found + Number(found) };
  return {
    ...picture,
    units: picture.units.includes(before)
      ? picture.units.map((unit) => (unit === before ? after : unit))
      : [...picture.units, after],
    set: picture.set + Number(request === 'SET'),
    gets: request === 'SET' ? picture.gets : new Map([...picture.gets, [key, found]]),
  };
}

/** @returns how many of 100 GETs found nothing; undefined before the first. */
export function lostPercent({ gets }: Picture): number | undefined {
  if (gets.size === 0) return undefined;
  const lost = [...gets.values()].filter((found) => !found).length;
  return Math.round((100 * lost) / gets.size);
}
