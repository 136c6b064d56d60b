/** One workload: what it asks, its figures, and what went wrong. */
import { PERCENTS } from '../record/record.ts';
import type { Cell, WorkloadSummary } from '../record/summary.ts';
import { formatFigure, formatSpread } from './format-figure.ts';
import { signsOf } from './markdown-heat-map.ts';
import { type Column, list, paragraphs, plain, tableOf } from './markdown-text.ts';

export function workloadSection({ workload, headline, cells, noisy }: WorkloadSummary): string {
  const { title, question, method, figures, clients, latencyOf } = workload;
  const columns: readonly (Column<Cell> | false)[] = [
    { head: 'candidate', of: ({ candidate }) => candidate },
    clients.length > 1 && { head: 'clients', number: true, of: (cell) => formatFigure(cell.clients, 'count') },
    ...figures.map(
      ({ key, title, unit }): Column<Cell> => ({
        head: title,
        number: true,
        of: (cell) => `${formatSpread(cell.figures[key], unit)}${key === headline.key ? signsOf(cell) : ''}`,
      }),
    ),
    ...(latencyOf === undefined ? [] : LATENCIES),
    ...SERVER,
    { head: 'errors', number: true, of: ({ errors }) => formatFigure(errors, 'count') },
  ];
  return paragraphs([
    `## ${plain(title)}`,
    plain(`${question} ${method}`),
    noisy && '**Noisy**: the runs lie far apart, so that small differences say nothing.',
    cells.length > 0
      ? tableOf(
          cells,
          columns.filter((column) => column !== false),
        )
      : 'Not measured.',
    latencyOf !== undefined && cells.length > 0 && plain(`p50, p99 and p99.9 are of ${latencyOf}.`),
    list(cells.flatMap(({ candidate, troubles }) => troubles.map((trouble) => `${candidate}: ${trouble}`))),
  ]).trimEnd();
}

const LATENCIES: readonly Column<Cell>[] = ([50, 99, 99.9] as const).map((percent) => ({
  head: `p${percent}`,
  number: true,
  of: ({ latencyMs }) => formatFigure(latencyMs?.[PERCENTS.indexOf(percent)], 'ms'),
}));

const SERVER: readonly Column<Cell>[] = [
  { head: 'processor', number: true, of: ({ server }) => formatFigure(server?.processorSeconds, 's') },
  { head: 'PSS', number: true, of: ({ server }) => formatFigure(server?.pssBytes, 'B') },
];
