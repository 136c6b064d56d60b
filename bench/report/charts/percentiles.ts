import type { WorkloadSummary } from '../../record/summary.ts';
import type { LatenciesOf } from '../latencies.ts';
import { quantity } from '../quantities.ts';
import type { Percentiles } from './chart.ts';
import type { PlaceOf } from './places.ts';

/** Where the slowest of all stands when nobody says of how many it is. */
const UNKNOWN_COUNT = 100_000;

/**
 * The slowest of a thousand stands where one in a thousand does: each line ends where its measurements do.
 * Undefined where no latencies have been measured.
 */
export function percentiles(
  { workload, headlineCells }: WorkloadSummary,
  placeOf: PlaceOf,
  latencies: LatenciesOf,
): Percentiles | undefined {
  const of = workload.latencyOf;
  if (of === undefined) return undefined;
  const lines = headlineCells.flatMap((cell) => {
    if (cell.outcome !== 'ok') return [];
    const { ms: told, count = UNKNOWN_COUNT } = latencies(workload.name, cell);
    const points = [...told].flatMap(([percent, ms]) => {
      // Its axes are logarithmic: they have neither no time nor all of the requests.
      if (ms <= 0) return [];
      return { percent: percent === 100 ? 100 - 100 / count : percent, ms };
    });
    return points.length === 0 ? [] : [{ candidate: placeOf(cell.candidate), name: cell.candidate, points }];
  });
  if (lines.length === 0) return undefined;
  const inWords = lines.map(({ name, points }) => {
    const told = points.filter(({ percent }) => percent === 50 || percent === 99);
    return `${name}: ${told.map(({ percent, ms }) => `p${percent} ${quantity(ms, 'ms')}`).join(', ')}`;
  });
  return {
    kind: 'percentiles',
    of,
    lines: lines.map(({ candidate, points }) => ({ candidate, points })),
    description: `Line chart: percentiles of the latency of ${of}, less is better. ${inWords.join('; ')}.`,
  };
}
