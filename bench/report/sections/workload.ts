import type { CandidateRecord, WorkloadRecord } from '../../record/record.ts';
import type { Cell, WorkloadSummary } from '../../record/summary.ts';
import type { Captioned } from '../charts/charts.ts';
import { type Html, html } from '../html.ts';
import type { LatenciesOf } from '../latencies.ts';
import { counted, duration, quantity } from '../quantities.ts';
import { verdict } from '../verdict.ts';
import { figuresTable } from './figures-table.ts';
import { sectionOf } from './heat-map.ts';

/** All that is told of one workload. */
export function workloadSection(
  summary: WorkloadSummary,
  candidates: readonly CandidateRecord[],
  charts: readonly Captioned[],
  latencies: LatenciesOf,
): Html {
  const { workload, headlineCells, cells } = summary;
  const id = sectionOf(workload.name);
  const clients = counted(workload.headlineClients, 'client');
  return html`<section class="workload" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><span class="eyebrow">${workload.title}</span> ${workload.question}</h3>
${verdict(summary, candidates)}
<p class="how">${workload.method} <span class="facts">${facts(workload)}</span></p>
<div class="charts">${charts.map(chartFigure)}</div>
${figuresTable(summary, headlineCells, candidates, latencies, `All figures with ${clients}`)}
${
  workload.clients.length > 1 &&
  html`<details class="more"><summary>All figures with every number of clients</summary>
${figuresTable(summary, cells, candidates, latencies, 'All figures with every number of clients')}</details>`
}
${troubles(cells, workload)}
</section>`;
}

function facts({ headlineClients, repetitions, seconds, claims }: WorkloadRecord): string {
  const measured = `${counted(headlineClients, 'client')}, ${counted(repetitions, 'repetition')} of up to ${duration(seconds)}.`;
  return claims.length === 0 ? measured : `${measured} Puts to the test: ${claims.join(', ')}.`;
}

/** The script of the page draws into `.plot`, which is empty without it. */
function chartFigure({ id, caption, hint, chart }: Captioned): Html {
  return html`<figure class="chart ${chart.kind}"><figcaption><strong>${caption}</strong> <span>${hint}</span></figcaption>
<div class="plot" id="${id}"></div></figure>`;
}

/** What went wrong, in words; what went wrong in the same way with several numbers of clients, once. */
function troubles(cells: readonly Cell[], { clients }: WorkloadRecord): Html | undefined {
  const told = cells.filter((cell) => cell.troubles.length > 0);
  if (told.length === 0) return undefined;
  const alike = new Map<string, Cell[]>();
  for (const cell of told) {
    const key = JSON.stringify([cell.candidate, cell.troubles]);
    alike.set(key, [...(alike.get(key) ?? []), cell]);
  }
  const withClients = (group: readonly Cell[]) =>
    clients.length > 1 && html` with ${numbers.format(group.map((cell) => quantity(cell.clients, 'count')))} clients`;
  return html`<div class="troubles"><h4>What went wrong, or could not be done</h4>
<ul>${[...alike.values()].map(
    (group) =>
      html`<li><strong>${group[0]!.candidate}</strong>${withClients(group)}: ${group[0]!.troubles.join('; ')}</li>`,
  )}</ul></div>`;
}

const numbers = new Intl.ListFormat('en');
