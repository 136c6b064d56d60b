/** The page, as HTML. */
import type { Runner } from '../../src/index.ts';
import { explanationOf, REMEDIES } from './explanations.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { lostPercent, type Picture, type UnitPicture } from './picture.ts';

export interface PageContent {
  readonly architectures: readonly Runner[];
  readonly selected: Runner;
  readonly picture: Picture;
  /** What each experiment so far has come to, in percent, by name of the architecture. */
  readonly results: ReadonlyMap<string, number>;
  /** Whether a script may start the experiment by itself. */
  readonly start: boolean;
}

export function pageHtml({ architectures, selected, picture, results, start }: PageContent): string {
  const { hashes, why } = explanationOf(selected.name);
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(selected.name)} – one hash or many?</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${PAGE_STYLE}</style></head><body>
<header><h1>One hash or many?</h1>
<p>A key-value server knows two requests, <code>SET</code> and <code>GET</code>, and keeps what it is told in a hash that its
clients share. Which clients? That depends on the architecture. Here ${picture.keys} clients each set a key, then ${picture.keys} clients each ask for one.</p></header>
<nav aria-label="Architectures">${tabsHtml(architectures, selected, results)}</nav>
<main><div class="top"><div><h2>${escapeHtml(selected.name)}</h2><p class="summary">${escapeHtml(selected.summary)}</p></div>
<form action="/" data-start="${start}"><input type="hidden" name="architecture" value="${escapeHtml(selected.name)}"><button name="run" value="1">Run</button></form></div>
<div id="panel">${panelHtml(selected.name, picture)}</div>
<section class="why"><h3>${hashes}</h3><p>${why}</p></section></main>
<section class="remedies"><h2>What servers do about it</h2><div>${REMEDIES.map(
    ({ title, html }) => `<article><h3>${title}</h3><p>${html}</p></article>`,
  ).join('')}</div></section>
<script>${PAGE_SCRIPT}</script></body></html>
`;
}

/** The part that changes while the experiment runs. */
export function panelHtml(architecture: string, picture: Picture): string {
  const { endsWithClient = false } = explanationOf(architecture);
  const lost = lostPercent(picture);
  const verdict = lost === undefined ? 'none' : lost === 0 ? 'good' : 'bad';
  return `<dl class="figures" role="status"><div class="${verdict}"><dt>of GETs found nothing</dt><dd>${lost === undefined ? '–' : `${lost} %`}</dd></div>
<div><dt>${picture.units.length === 1 ? 'hash' : 'hashes'} seen</dt><dd>${picture.units.length}</dd></div>
<div><dt>keys set</dt><dd>${picture.set}<small>/${picture.keys}</small></dd></div>
<div><dt>keys asked for</dt><dd>${picture.gets.size}<small>/${picture.keys}</small></dd></div></dl>
${getsHtml(picture)}
<div class="units${endsWithClient ? ' ended' : ''}">${byProcess(picture.units)
    .map((units) => processHtml(units, picture, endsWithClient))
    .join('')}</div>
<p class="legend"><span><i class="key"></i>key, where it was set</span> <span><i class="key found"></i>found by its GET</span> <span><i class="key lost"></i>not found: its GET went elsewhere</span>${endsWithClient ? ' <span><i class="gone"></i>ended with its client</span>' : ''}</p>`;
}

/** A link to the page of each architecture, with what its experiment has come to. */
export function tabsHtml(architectures: readonly Runner[], selected: Runner, results: PageContent['results']): string {
  return architectures.map((runner) => tab(runner, selected, results)).join('');
}

function tab({ name }: Runner, selected: Runner, results: PageContent['results']): string {
  const result = results.get(name);
  const verdict = result === undefined ? '' : `<span class="${result === 0 ? 'good' : 'bad'}">${result} %</span>`;
  const current = name === selected.name ? ' aria-current="page"' : '';
  return `<a href="/?architecture=${encodeURIComponent(name)}"${current}>${escapeHtml(name)}${verdict}</a>`;
}

/** One bar for each GET, in the order of their answers: a whole one found its key. */
function getsHtml({ keys, gets }: Picture): string {
  const answers = [...gets.values()];
  const width = 100 / keys;
  const bars = Array.from({ length: keys }, (_, index) => {
    const found = answers[index];
    const kind = found === undefined ? 'open' : found ? 'found' : 'lost';
    const upright = found === false ? 'y="60%" height="40%"' : 'height="100%"';
    return `<rect class="${kind}" x="${(index * width).toFixed(2)}%" width="${(width * 0.86).toFixed(2)}%" ${upright} rx="2"/>`;
  });
  return `<svg class="gets" role="img" aria-label="GETs, in their order">${bars.join('')}</svg>`;
}

function byProcess(units: readonly UnitPicture[]): UnitPicture[][] {
  const processes = new Map<number, UnitPicture[]>();
  for (const unit of units) processes.set(unit.place.process, [...(processes.get(unit.place.process) ?? []), unit]);
  return [...processes.values()];
}

function processHtml(units: readonly UnitPicture[], picture: Picture, ended: boolean): string {
  const { process, thread } = units[0]!.place;
  if (units.length === 1 && thread === 0) return hashHtml(`process ${process}`, units[0]!, picture, ended);
  const threads = units.map((unit) => hashHtml(`thread ${unit.place.thread}`, unit, picture, ended));
  return `<div class="process"><h4>process ${process}</h4><div class="units${ended ? ' ended' : ''}">${threads.join('')}</div></div>`;
}

function hashHtml(title: string, { stored, asked, found }: UnitPicture, { gets }: Picture, ended: boolean): string {
  const keys = stored.map((key) => {
    const isFound = gets.get(key);
    return `<i class="key${isFound === undefined ? '' : isFound ? ' found' : ' lost'}">${key}</i>`;
  });
  const answers = asked === 0 || ended ? '' : `<p>${found} of ${asked} GET${asked === 1 ? '' : 's'} found</p>`;
  return `<div class="hash"><h4>${title}</h4><div class="keys">${keys.join('') || '<span>empty</span>'}</div>${answers}</div>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
