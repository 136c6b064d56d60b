import type { BenchRecord } from '../../record/record.ts';
import { type Html, html } from '../html.ts';
import { counted, duration } from '../quantities.ts';

/** What the report is about, and what it was made of, in a sentence. */
export function opening(record: BenchRecord): Html {
  const { candidates, environment, runs, workloads } = record;
  const ours = candidates.filter(({ kind }) => kind === 'architecture').length;
  const peers = candidates.length - ours;
  const { processor, cores, node, version, commit } = environment;
  return html`<header class="opening">
<h1>Which architecture suits which work?</h1>
<p class="lead">One FTP server, run in ${counted(ours, 'way')}${peers > 0 && html`, and ${counted(peers, 'other server')}`}:
what each takes and what each gives in ${counted(workloads.length, 'workload')}, measured on
<strong>${processor}</strong> (${counted(cores, 'core')}) on <time datetime="${record.began}">${moment(record.began)}</time>
with Node ${node}, version ${version}${commit !== undefined && html` at commit <code>${commit}</code>`}:
${counted(runs.length, 'run')} in ${duration(secondsOf(record))}, ${record.status}.</p>
${record.status === 'interrupted' && interrupted(record)}
</header>`;
}

function interrupted({ ended }: BenchRecord): Html {
  return html`<p class="banner" role="note"><strong>This run of the bench was interrupted</strong> at <time datetime="${ended}">${moment(ended)}</time>.
Some of its measurements are missing. What is said of the others holds, but of fewer repetitions than were wanted.</p>`;
}

export function secondsOf({ began, ended }: BenchRecord): number {
  return (Date.parse(ended) - Date.parse(began)) / 1000;
}

const clock = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });

/** Such as `27 November 2026 at 15:55 UTC`. */
export function moment(iso: string): string {
  return `${clock.format(new Date(iso))} UTC`;
}
