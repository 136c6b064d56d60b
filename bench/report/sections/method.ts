import { CLIENT_LIMIT_SHARE } from '../../record/noise.ts';
import type { BenchRecord, ClientLimit } from '../../record/record.ts';
import { formatShare } from '../format-figure.ts';
import { type Html, html } from '../html.ts';
import { METHOD_TEXT } from '../method-text.ts';
import { quantity } from '../quantities.ts';
import { scroll } from './scroll.ts';

/** How it was measured, and what its figures can and cannot tell. */
export function method({ limits, commandLine }: BenchRecord): Html {
  const again = ['npm run bench', ...(commandLine.length > 0 ? ['--', ...commandLine] : [])].join(' ');
  return html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">How it was measured</h2>
<div class="prose">${METHOD_TEXT.map((paragraph) => html`<p>${paragraph}</p>`)}</div>
${limits.length > 0 && clientLimits(limits)}
<h3>Make it again</h3>
<p>In a clone of the repository: <code class="command">${again}</code></p>
</section>`;
}

function clientLimits(limits: readonly ClientLimit[]): Html {
  return html`<h3>What the clients can do at the most</h3>
<p class="intro">Measured first, against servers that do next to nothing. A figure within ${formatShare(1 - CLIENT_LIMIT_SHARE)} of it is marked <span class="mark">†</span>.</p>
${scroll(
  'Limits of the clients',
  html`<table class="figures words"><caption class="unseen">Limits of the clients</caption>
<thead><tr><th scope="col">clients</th><th scope="col">doing</th><th scope="col">at the most</th></tr></thead>
<tbody>${limits.map(
    ({ driver, title, perSecond, unit }) =>
      html`<tr><th scope="row">${driver}</th><td>${title}</td><td>${quantity(perSecond, unit)}</td></tr>`,
  )}</tbody></table>`,
)}`;
}
