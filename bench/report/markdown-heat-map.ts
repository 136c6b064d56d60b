/** Candidates by workloads, in shares of the best. */
import type { Cell, Summary } from '../record/summary.ts';
import { formatShare } from './format-figure.ts';
import { tableOf } from './markdown-text.ts';
import { MARKS, marksOf, NOISY } from './marks.ts';

const BEST = '★';

export const LEGEND = [
  `${BEST} the best`,
  ...MARKS.map(({ sign, words }) => `${sign} ${words}`),
  'empty: not measured',
].join(' · ');

export function heatMap({ candidates, workloads }: Summary): string {
  return tableOf(candidates, [
    { head: 'candidate', of: ({ name }) => name },
    ...workloads.map(({ workload, noisy, headlineCells }) => ({
      head: `${workload.title}${noisy ? ` ${NOISY.sign}` : ''}`,
      number: true,
      of: ({ name }: { readonly name: string }) => share(headlineCells.find(({ candidate }) => candidate === name)),
    })),
  ]);
}

/** The signs of the marks of a cell. */
export function signsOf(cell: Cell): string {
  return marksOf(cell)
    .map(({ sign }) => sign)
    .join('');
}

function share(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const { ofBest } = cell;
  const text = ofBest === undefined ? '' : `${ofBest === 1 ? `${BEST} ` : ''}${formatShare(ofBest)}`;
  return `${text}${signsOf(cell)}`;
}
