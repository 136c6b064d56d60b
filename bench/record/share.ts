/** How near a figure comes to the best one. */
import type { FigureRecord } from './record.ts';

export type Measure = Pick<FigureRecord, 'unit' | 'better'>;

export function bestOf(values: readonly number[], { better }: Measure): number {
  return better === 'more' ? Math.max(...values) : Math.min(...values);
}

/** @returns from 0 to 1, which is the best. */
export function shareOfBest(value: number, best: number, { unit, better }: Measure): number {
  if (value === best) return 1;
  if (better === 'more') return value / best;
  // No client lost is better than one lost, and a hundred are worse.
  return unit === 'count' ? (best + 1) / (value + 1) : best / value;
}
