/** A comparison of two records, for a terminal or a pull request. */
import { type ComparedRow, type Comparison, LEAST_RUNS, type Verdict } from '../record/compare.ts';
import type { FigureRecord } from '../record/record.ts';
import { formatFigure, formatNumber, formatSpread } from './format-figure.ts';
import { type Column, list, paragraphs, tableOf } from './markdown-text.ts';

const COLUMNS: readonly Column<ComparedRow>[] = [
  { head: 'workload', of: ({ title, figure }) => `${title}, ${figure.title}` },
  { head: 'candidate', of: ({ candidate }) => candidate },
  { head: 'clients', number: true, of: ({ clients }) => formatFigure(clients, 'count') },
  { head: 'before', number: true, of: ({ before, figure }) => formatSpread(before, figure.unit) },
  { head: 'after', number: true, of: ({ after, figure }) => formatSpread(after, figure.unit) },
  { head: 'ratio', number: true, of: ({ ratio }) => formatNumber(ratio) },
  { head: 'verdict', of: ({ verdict, figure }) => wordFor(verdict, figure) },
];

export function comparisonMarkdown(comparison: Comparison): string {
  const { before, after, environment, rows, onlyBefore, onlyAfter } = comparison;
  return paragraphs([
    `# ${before} and ${after}`,
    environment.length > 0 && `Not the same surroundings, which may explain differences:\n\n${list(environment)}`,
    rows.length > 0 ? tableOf(rows, COLUMNS) : 'They have no figure in common.',
    totals(rows),
    onlyBefore.length > 0 && `Only before:\n\n${list(onlyBefore)}`,
    onlyAfter.length > 0 && `Only after:\n\n${list(onlyAfter)}`,
    `Medians, with the least and the most. No verdict is given where the runs overlap, where they differ by no more than noise,
and where there are fewer than ${LEAST_RUNS} of them.`.replaceAll('\n', ' '),
  ]);
}

function totals(rows: readonly ComparedRow[]): string {
  const count = (verdict: Verdict) => rows.filter((row) => row.verdict === verdict).length;
  return `${count('faster')} better, ${count('slower')} worse, ${count('no verdict')} without a verdict.`;
}

/** Memory and counts are not fast. */
function wordFor(verdict: Verdict, { unit }: FigureRecord): string {
  if (verdict === 'no verdict' || !['B', 'B/client', 'count'].includes(unit)) return verdict;
  return verdict === 'faster' ? 'better' : 'worse';
}
