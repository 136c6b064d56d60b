/** What a workload comes to, in a sentence or two. */
import type { CandidateRecord, FigureRecord } from '../record/record.ts';
import type { Cell, Spread, WorkloadSummary } from '../record/summary.ts';
import { formatShare } from './format-figure.ts';
import { type Html, html } from './html.ts';
import { quantity, range } from './quantities.ts';

interface Ranked {
  readonly candidate: string;
  readonly spread: Spread;
}

/** Who is best, with whom it is level, who is last; and how the best of the other servers does. */
export function verdict(
  { headline, headlineCells, noisy }: WorkloadSummary,
  candidates: readonly CandidateRecord[],
): Html {
  const ranked = (kind: CandidateRecord['kind']) => rank(headlineCells, headline, candidates, kind);
  const [best, ...others] = ranked('architecture');
  if (best === undefined) return html`<p class="verdict">No architecture was measured here.</p>`;
  const level = others.filter(({ spread }) => overlap(spread, best.spread)).map(({ candidate }) => candidate);
  const last = others.at(-1);
  const peer = ranked('peer')[0];
  return html`<p class="verdict">Best: <strong>${best.candidate}</strong>, ${withSpread(best.spread, headline)}.${
    level.length > 0 && html` Level with it, as their ranges overlap: ${list(level)}.`
  }${
    last !== undefined &&
    !level.includes(last.candidate) &&
    html` Last: ${last.candidate}, ${quantity(last.spread.median, headline.unit)}${times(best, last)}.`
  }${
    peer !== undefined &&
    html` <span data-kind="peer">Of the other servers ${peer.candidate} does best, ${quantity(peer.spread.median, headline.unit)} (${comparison(peer, best, headline)}).</span>`
  }${noisy && html` <span class="warn">The repetitions lie far apart, so that small differences say nothing.</span>`}</p>`;
}

function rank(
  cells: readonly Cell[],
  { key, better }: FigureRecord,
  candidates: readonly CandidateRecord[],
  kind: CandidateRecord['kind'],
): Ranked[] {
  const names = new Set(candidates.filter((candidate) => candidate.kind === kind).map(({ name }) => name));
  const sign = better === 'more' ? -1 : 1;
  return cells
    .flatMap(({ candidate, outcome, figures: { [key]: spread } }) =>
      outcome === 'ok' && spread && names.has(candidate) ? [{ candidate, spread }] : [],
    )
    .sort((one, other) => sign * (one.spread.median - other.spread.median));
}

function overlap(one: Spread, other: Spread): boolean {
  return one.least <= other.most && other.least <= one.most;
}

function withSpread({ median, least, most, count }: Spread, { unit }: FigureRecord): Html {
  return html`${quantity(median, unit)}${count > 1 && least < most && html` <span class="whole">(${range(least, most, unit)})</span>`}`;
}

/** How many times the one is the other, from where on that is easier to read than per cent. */
function times(best: Ranked, last: Ranked): string {
  const [less, more] = [best.spread.median, last.spread.median].sort((one, other) => one - other) as [number, number];
  if (less <= 0 || more < 2 * less) return '';
  return ` (a factor of ${quantity(more / less, 'count')})`;
}

function comparison(peer: Ranked, best: Ranked, { better }: FigureRecord): string {
  if (overlap(peer.spread, best.spread)) return 'too close to tell apart';
  const ratio = peer.spread.median / best.spread.median;
  if (ratio > 0.5 && ratio < 2) return `${formatShare(Math.abs(ratio - 1))} ${ratio > 1 ? 'more' : 'less'}`;
  const isBetter = ratio > 1 === (better === 'more');
  return `${isBetter ? 'better' : 'worse'} by a factor of ${quantity(Math.max(ratio, 1 / ratio), 'count')}`;
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat('en').format(names);
}
