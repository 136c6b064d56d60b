import type { Cell, WorkloadSummary } from '../../record/summary.ts';
import { marksOf } from '../marks.ts';
import { quantity } from '../quantities.ts';
import type { Bar, Bars } from './chart.ts';
import type { PlaceOf } from './places.ts';

/** The headline of a workload, the best candidate first; undefined where nobody was tried. */
export function bars({ headline, headlineCells }: WorkloadSummary, placeOf: PlaceOf): Bars | undefined {
  if (headlineCells.length === 0) return undefined;
  const sorted = [...headlineCells].sort(bestFirst(headline.key, headline.better));
  const drawn = sorted.map((cell): Bar => {
    const spread = cell.outcome === 'ok' ? cell.figures[headline.key] : undefined;
    const marks = marksOf(cell).map(({ sign, words }) => ({ sign, words }));
    return { candidate: placeOf(cell.candidate), ...(spread && { spread }), marks };
  });
  return {
    kind: 'bars',
    title: headline.title,
    unit: headline.unit,
    bars: drawn,
    description: `Bar chart: ${headline.title}, ${headline.better} is better. ${sorted
      .map((cell) => `${cell.candidate}: ${inWords(cell, headline.key, headline.unit)}`)
      .join('; ')}.`,
  };
}

/** Those without a figure come last. */
function bestFirst(key: string, better: 'more' | 'less'): (one: Cell, other: Cell) => number {
  const worth = ({ outcome, figures }: Cell): number => {
    const median = outcome === 'ok' ? figures[key]?.median : undefined;
    if (median === undefined) return Number.NEGATIVE_INFINITY;
    return better === 'more' ? median : -median;
  };
  return (one, other) => (worth(one) === worth(other) ? 0 : worth(other) - worth(one));
}

function inWords(cell: Cell, key: string, unit: Bars['unit']): string {
  const figure = cell.outcome === 'ok' ? cell.figures[key] : undefined;
  return [...(figure ? [quantity(figure.median, unit)] : []), ...marksOf(cell).map(({ words }) => words)].join(', ');
}
