import type { CandidateRecord, Unit, WorkloadGroup } from '../../record/record.ts';
import type { Cell, Summary, WorkloadSummary } from '../../record/summary.ts';
import { heat } from '../heat.ts';
import { type Html, html, identifier } from '../html.ts';
import { MARKS, markHtml, marksOf } from '../marks.ts';
import { percentDigits, quantity } from '../quantities.ts';
import { scroll } from './scroll.ts';
import { columnHead, groupedRows, sortValue } from './sortable.ts';

/** All candidates and all workloads at a glance: a table whose cells are coloured by how near they come to the best. */
export function heatMap(summary: Summary): Html {
  return html`<section id="overview" aria-labelledby="overview-title">
<h2 id="overview-title">At a glance</h2>
<p class="intro">How near each comes to the best, in per cent: 100 is the best of all, 50 half as good. Below it, the figure itself.</p>
${scroll('At a glance', table(summary))}
${legend()}
</section>`;
}

function table({ candidates, workloads }: Summary): Html {
  const rows = candidates.map((candidate) => ({
    candidate: candidate.name,
    record: candidate,
    cells: workloads.map((workload) => ({
      workload,
      cell: workload.headlineCells.find((cell) => cell.candidate === candidate.name),
    })),
  }));
  return html`<table class="heat sortable">
<caption class="unseen">Headline figures of all workloads, relative to the best</caption>
<thead>
<tr class="groups"><td></td>${groupsOf(workloads).map(({ group, span }) => html`<th scope="colgroup" colspan="${span}">${group}</th>`)}</tr>
<tr>${columnHead('Architecture', 'ascending')}${workloads.map(head)}</tr>
</thead>
${groupedRows(candidates, rows, workloads.length + 1, ({ record, cells }, place) => row(record, cells, place))}
</table>`;
}

function head({ workload, headline, noisy }: WorkloadSummary): Html {
  const hint = `${workload.question} ${headline.title}, ${headline.better} is better${noisy ? '; noisy' : ''}`;
  return columnHead(html`${workload.title}`, 'descending', hint);
}

interface HeatCell {
  readonly workload: WorkloadSummary;
  readonly cell: Cell | undefined;
}

function row({ name, atATime }: CandidateRecord, cells: readonly HeatCell[], place: number): Html {
  const served = atATime !== undefined && html`<small>${atATime} at a time</small>`;
  return html`
<tr><th scope="row"${sortValue(place)}>${name}${served}</th>${cells.map(heatCell)}</tr>`;
}

function heatCell({ workload: { workload, headline }, cell }: HeatCell): Html {
  if (cell === undefined) return html`<td class="none"><span class="dim">not run</span></td>`;
  const { ofBest, outcome, figures, troubles } = cell;
  const marks = marksOf(cell);
  const spread = figures[headline.key];
  if (outcome !== 'ok' || ofBest === undefined || spread === undefined) {
    const words = marks.map(({ words }) => words).join(', ') || 'not measured';
    return html`<td class="none ${outcome}" title="${troubles.join('; ')}">${marks.map(markHtml)}<small aria-hidden="true">${words}</small></td>`;
  }
  return html`<td style="background:${heat(ofBest)}"${sortValue(ofBest)}><a href="#${sectionOf(workload.name)}"><b>${percentDigits(ofBest)}</b>${marks.map(markHtml)}<small>${figure(spread.median, headline.unit)}</small></a></td>`;
}

/** Short: that it is for each client is in the head. */
function figure(value: number, unit: Unit): string {
  return quantity(value, unit === 'B/client' ? 'B' : unit);
}

/** Neighbours of one group, under one head. */
function groupsOf(workloads: readonly WorkloadSummary[]): { group: WorkloadGroup; span: number }[] {
  const groups: { group: WorkloadGroup; span: number }[] = [];
  for (const { workload } of workloads) {
    const last = groups.at(-1);
    if (last?.group === workload.group) last.span += 1;
    else groups.push({ group: workload.group, span: 1 });
  }
  return groups;
}

/** Where more is told of a workload. */
export function sectionOf(workload: string): string {
  return `workload-${identifier(workload)}`;
}

function legend(): Html {
  const steps = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => html`<i style="background:${heat(share)}">${Math.round(share * 100)}</i>`,
  );
  return html`<div class="legend"><p class="steps"><span>of the best, %</span>${steps}</p>
<dl>${MARKS.map(({ sign, words, means }) => html`<div><dt><span class="mark">${sign}</span> ${words}</dt><dd>${means}</dd></div>`)}</dl></div>`;
}
