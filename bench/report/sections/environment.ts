import type { BenchRecord, CandidateRecord } from '../../record/record.ts';
import { type Html, html } from '../html.ts';
import { counted, duration, quantity } from '../quantities.ts';
import { moment, secondsOf } from './opening.ts';
import { scroll } from './scroll.ts';

/** On what it was measured, and what. */
export function environment(record: BenchRecord): Html {
  return html`<section id="environment" aria-labelledby="environment-title">
<h2 id="environment-title">The machine and the candidates</h2>
<dl class="environment">${facts(record).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${scroll('Candidates', candidatesTable(record.candidates))}
${record.notes.length > 0 && html`<h3 id="notes">Notes</h3><ul class="notes">${record.notes.map((note) => html`<li>${note}</li>`)}</ul>`}
</section>`;
}

function facts(record: BenchRecord): readonly (readonly [string, string])[] {
  const { processor, cores, memoryBytes, system, kernel, node, version, commit, ...rest } = record.environment;
  return [
    ['Processor', `${processor}, ${counted(cores, 'core')}`],
    ['Memory', quantity(memoryBytes, 'B')],
    ['System', `${system}, ${kernel}`],
    ['Node', node],
    ['ohai-ftpd', commit === undefined ? version : `${version}, commit ${commit}`],
    ['Files on', rest.files],
    ['Descriptors', rest.descriptors === undefined ? 'unlimited' : `up to ${quantity(rest.descriptors, 'count')}`],
    ['Load', `${rest.loadBefore.toFixed(2)} before, ${rest.loadAfter.toFixed(2)} after`],
    ['Began', moment(record.began)],
    ['Took', `${duration(secondsOf(record))}, ${record.status}`],
  ];
}

function candidatesTable(candidates: readonly CandidateRecord[]): Html {
  return html`<table class="figures words"><caption>What was compared</caption>
<thead><tr><th scope="col">name</th><th scope="col">is</th><th scope="col">version</th><th scope="col">clients at a time</th></tr></thead>
<tbody>${candidates.map(
    ({ name, kind, version, atATime }) =>
      html`<tr><th scope="row">${name}</th><td>${KINDS[kind]}</td><td>${version ?? '–'}</td><td>${atATime ?? '–'}</td></tr>`,
  )}</tbody></table>`;
}

const KINDS: Readonly<Record<CandidateRecord['kind'], string>> = {
  architecture: 'an architecture of ohai-ftpd',
  peer: 'another server',
};
