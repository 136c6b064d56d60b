/** The report as one HTML document, which needs nothing besides itself. */
import { createHash } from 'node:crypto';
import type { BenchRecord } from '../record/record.ts';
import type { Summary } from '../record/summary.ts';
import { chartsOf, pageData } from './charts/charts.ts';
import { COLOURS } from './colours.ts';
import { type Html, html, identifier, jsonForScript, trusted } from './html.ts';
import { latenciesOf } from './latencies.ts';
import { advice } from './sections/advice.ts';
import { contents, type Group, groupsOf } from './sections/contents.ts';
import { environment } from './sections/environment.ts';
import { heatMap } from './sections/heat-map.ts';
import { method } from './sections/method.ts';
import { opening } from './sections/opening.ts';
import { workloadSection } from './sections/workload.ts';

/** What the build has made of the folder `page`. */
export interface PageAssets {
  readonly style: string;
  /** Runs in the head, before anything is seen: a page that is to be dark does not flash. */
  readonly earlyScript: string;
  readonly script: string;
}

export function reportHtml(record: BenchRecord, summary: Summary, assets: PageAssets): string {
  const latencies = latenciesOf(record);
  const charts = chartsOf(record, summary, latencies);
  const groups = groupsOf(summary.workloads);
  const scripts = [assets.earlyScript, assets.script].map(insideScript) as [string, string];
  const groupSection = ({
    name,
    workloads,
  }: Group): Html => html`<section class="group" aria-labelledby="group-${identifier(name)}">
<h2 id="group-${identifier(name)}">${name}</h2>
${workloads.map((workload) =>
  workloadSection(workload, record.candidates, charts.get(workload.workload.name) ?? [], latencies),
)}
</section>`;
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Which architecture suits which work? – ohai-ftpd bench</title>
<link rel="icon" href="data:,">
<style>${trusted(`${colourProperties()}\n${assets.style}`)}</style>
<script>${trusted(scripts[0])}</script>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<div class="bar"><span class="brand">ohai-ftpd <span>bench</span></span>
<label class="peers" hidden><input type="checkbox" id="peers" checked> other servers</label>
<button type="button" id="theme" hidden>Dark</button></div>
<div class="page">
${contents(groups)}
<main id="main">
${opening(record)}
<noscript><p class="banner">Charts, and sorting of tables, need JavaScript. All figures are in the tables.</p></noscript>
${advice(summary.advice)}
${heatMap(summary)}
${groups.map(groupSection)}
${environment(record)}
${method(record)}
</main>
</div>
<script type="application/json" id="data">${jsonForScript(pageData(record, charts))}</script>
<script>${trusted(scripts[1])}</script>
</body>
</html>
`.text;
}

/** Nothing is loaded from anywhere, and no script runs but these two. Charts and cells need styles of their own. */
function contentSecurityPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** A parser of HTML must find no end of the script in a string of it. */
function insideScript(script: string): string {
  return script.replaceAll(/<(?=\/script|!--|script)/gi, '\\x3C');
}

function colourProperties(): string {
  const properties = Object.entries(COLOURS).map(([name, [light, dark]]) => `--${name}:light-dark(${light},${dark});`);
  return `:root{${properties.join('')}}`;
}
