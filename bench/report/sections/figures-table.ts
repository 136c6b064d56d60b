import type { CandidateRecord, ServerUse } from '../../record/record.ts';
import type { Cell, WorkloadSummary } from '../../record/summary.ts';
import { type Html, html, type Part } from '../html.ts';
import type { LatenciesOf } from '../latencies.ts';
import { markHtml, marksOf } from '../marks.ts';
import { quantity, range } from '../quantities.ts';
import { scroll } from './scroll.ts';
import { columnHead, groupedRows, sortValue } from './sortable.ts';

/** A column: what it is of, what it is sorted by and what is written. */
interface Column {
  readonly title: string;
  readonly hint?: string;
  readonly first: 'ascending' | 'descending';
  readonly value: (cell: Cell) => number | undefined;
  readonly text: (value: number, cell: Cell) => Part;
}

/** Of the percentiles that are kept, those that are written in tables. */
const PERCENTILES = [50, 90, 99, 99.9] as const;

/** All that was measured of the cells of a workload. */
export function figuresTable(
  summary: WorkloadSummary,
  cells: readonly Cell[],
  candidates: readonly CandidateRecord[],
  latencies: LatenciesOf,
  caption: string,
): Html {
  const { workload } = summary;
  const columns = [
    ...(new Set(cells.map(({ clients }) => clients)).size > 1 ? [CLIENTS] : []),
    ...figureColumns(summary),
    ...PERCENTILES.map((percent) => latencyColumn(percent, workload.name, latencies)),
    ERRORS,
    ...SERVER_COLUMNS,
    // What nobody measured needs no column.
  ].filter(({ value }) => cells.some((cell) => value(cell) !== undefined));
  const table = html`<table class="figures sortable">
<caption>${caption}</caption>
<thead><tr>${columnHead('Architecture', 'ascending')}${columns.map(({ title, first, hint }) => columnHead(title, first, hint))}</tr></thead>
${groupedRows(candidates, cells, columns.length + 1, (cell, place) => row(cell, columns, place))}
</table>`;
  return scroll(`${workload.title}: ${caption}`, table);
}

function row(cell: Cell, columns: readonly Column[], place: number): Html {
  const marks = marksOf(cell).map((mark) => html` ${markHtml(mark)}`);
  return html`
<tr><th scope="row"${sortValue(place)}>${cell.candidate}${marks}</th>${columns.map((column) => {
    const value = column.value(cell);
    return value === undefined
      ? html`<td><span class="dim" aria-hidden="true">–</span></td>`
      : html`<td${sortValue(value)}>${column.text(value, cell)}</td>`;
  })}</tr>`;
}

function figureColumns({ workload }: WorkloadSummary): Column[] {
  return workload.figures.map(({ key, title, unit, better }) => ({
    title,
    hint: `median, and least to most of the repetitions; ${better} is better`,
    first: better === 'more' ? 'descending' : 'ascending',
    value: ({ figures }) => figures[key]?.median,
    text: (value, { figures }) => {
      const { least, most, count } = figures[key]!;
      return html`${quantity(value, unit)}${count > 1 && least < most && html`<small>${range(least, most, unit)}</small>`}`;
    },
  }));
}

function latencyColumn(percent: number, workload: string, latencies: LatenciesOf): Column {
  return {
    title: `p${percent}`,
    hint: `${percent} % took no longer than this`,
    first: 'ascending',
    value: (cell) => latencies(workload, cell).ms.get(percent),
    text: (value) => quantity(value, 'ms'),
  };
}

const CLIENTS: Column = {
  title: 'clients',
  first: 'ascending',
  value: ({ clients }) => clients,
  text: (value) => quantity(value, 'count'),
};

const ERRORS: Column = {
  title: 'errors',
  first: 'ascending',
  value: ({ errors, outcome }) => (outcome === 'skipped' ? undefined : errors),
  text: (value) => (value === 0 ? '0' : html`<strong class="bad">${quantity(value, 'count')}</strong>`),
};

const SERVER_COLUMNS: readonly Column[] = [
  ofServer('CPU', (use) => use.processorSeconds, 's', 'seconds of processor time of all its processes'),
  ofServer('PSS', (use) => use.pssBytes, 'B', 'memory of all its processes, what they share counted once'),
  ofServer('RSS', (use) => use.rssBytes, 'B', 'memory of all its processes, what they share counted in each'),
  ofServer('threads', (use) => use.threads, 'count', 'the most that were seen'),
  ofServer('processes', (use) => use.processes, 'count', 'the most that were seen'),
  ofServer('descriptors', (use) => use.descriptors, 'count', 'the most that were seen, of all its processes'),
  ofServer(
    'context switches',
    (use) => use.voluntarySwitches + use.involuntarySwitches,
    'count',
    'voluntary and involuntary, of all its threads',
  ),
];

function ofServer(title: string, of: (use: ServerUse) => number, unit: 's' | 'B' | 'count', hint: string): Column {
  return {
    title,
    hint,
    first: 'ascending',
    value: ({ server }) => server && of(server),
    text: (value) => quantity(value, unit),
  };
}
