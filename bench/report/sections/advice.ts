import type { Advice } from '../../record/summary.ts';
import { type Html, html } from '../html.ts';

/** Which one for me: what the numbers say to somebody who has a certain work to do. */
export function advice(rows: readonly Advice[]): Html {
  return html`<section id="advice" aria-labelledby="advice-title">
<h2 id="advice-title">Which one for me?</h2>
<p class="intro">Derived from the figures of this run by rules that stand beside each answer: another machine may give another answer.</p>
<table class="advice" role="table">
<caption class="unseen">Which architecture suits which situation</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">If you have</th><th role="columnheader" scope="col">take</th><th role="columnheader" scope="col">because</th></tr></thead>
<tbody role="rowgroup">${rows.map(adviceRow)}</tbody>
</table>
</section>`;
}

/** Roles are written out: on a narrow page, rows are laid out as cards, and would be no rows to a screen reader any more. */
function adviceRow({ situation, choice, because, rule }: Advice): Html {
  const [best, ...others] = choice;
  return html`<tr role="row"><th role="rowheader" scope="row">${situation}</th>
<td role="cell">${best === undefined ? html`<span class="dim">not told by this record</span>` : html`<strong class="choice">${best}</strong>`}${
    others.length > 0 && html` <span class="others">or ${others.join(', ')}</span>`
  }</td>
<td role="cell"><p>${because}</p><details><summary>Rule</summary><p>${rule}</p></details></td></tr>`;
}
