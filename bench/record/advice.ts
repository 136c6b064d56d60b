/** Which one for me: the rules, applied to what was measured. */
import { formatFigure, formatShare } from '../report/format-figure.ts';
import { ADVICE_RULES, type AdviceRule, DECENT_SHARE, TIE_SHARE, type Weighing } from './advice-rules.ts';
import { type Standing, shareIn, standingIn } from './looks.ts';
import { NOISE } from './noise.ts';
import { overlap } from './spread.ts';
import type { Advice, Spread, Summary } from './summary.ts';

type Measured = Pick<Summary, 'candidates' | 'workloads'>;

export function adviceFrom(measured: Measured, rules: readonly AdviceRule[] = ADVICE_RULES): readonly Advice[] {
  return rules.map((rule) => advise(measured, rule));
}

function advise(measured: Measured, { situation, looksAt, weighing }: AdviceRule): Advice {
  const weigher = WEIGHINGS[weighing];
  const looks = looksAt.map(({ called, ...look }) => ({ called, standing: standingIn(measured, look) }));
  const standings = looks.flatMap(({ standing }) => standing ?? []);
  const missing = looks.flatMap(({ called, standing }) => (standing ? [] : called));
  // In the order of the book.
  const able = measured.candidates
    .map(({ name }) => name)
    .filter((name) => standings.length > 0 && standings.every(({ spreads }) => spreads.has(name)));
  const choice = able.length > 0 ? weigher.choose(able, standings) : [];
  const others = weigher.namesNext ? able.filter((name) => !choice.includes(name)) : [];
  const because = reason({ choice, able, others, standings, missing });
  return { situation, choice, because, rule: weigher.rule(looks.map(({ called }) => called)) };
}

interface Weigher {
  /** Whether the best of those that are not chosen is worth a word. */
  readonly namesNext: boolean;
  /** @param able in the order of the book, at least one. @returns the best first, with those that are as good. */
  choose(able: readonly string[], standings: readonly Standing[]): readonly string[];
  /** @param looks by name. */
  rule(looks: readonly string[]): string;
}

const WEIGHINGS: Readonly<Record<Weighing, Weigher>> = {
  mean: {
    namesNext: true,
    choose: bestByMean,
    rule: (looks) =>
      looks.length === 1
        ? `The best in ${looks[0]}. ${TIES}`
        : `The highest geometric mean of the shares of the best in ${listed(looks)}. ${TIES}`,
  },
  'in turn': {
    namesNext: true,
    choose: (able, standings) => standings.reduce((left, standing) => bestByMean(left, [standing]), able),
    rule: (looks) => `The best in ${looks.join('; of those that are as good, the best in ')}. ${TIES}`,
  },
  simplest: {
    namesNext: false,
    choose: (able, standings) =>
      able.filter((name) => standings.every((standing) => shareIn(standing, name) >= DECENT_SHARE)).slice(0, 1),
    rule: (looks) =>
      `The first in the order of the book that reaches ${formatShare(DECENT_SHARE)} of the best in each of ${listed(looks)}.`,
  },
};

const TIES = `As good is who reaches ${formatShare(TIE_SHARE)} of it, or differs from the best by no more than noise.`;

function bestByMean(able: readonly string[], standings: readonly Standing[]): readonly string[] {
  const ranked = rankedByMean(able, standings);
  const best = ranked[0]!;
  return ranked
    .filter(
      ({ name, mean }) =>
        mean >= best.mean * TIE_SHARE || standings.every((standing) => isNoMore(standing, name, best.name)),
    )
    .map(({ name }) => name);
}

/** Whether the difference between two may be chance. */
function isNoMore({ spreads, measure }: Standing, a: string, b: string): boolean {
  const [one, other]: [Spread, Spread] = [spreads.get(a)!, spreads.get(b)!];
  return overlap(one, other) || Math.abs(one.median - other.median) <= NOISE[measure.unit].least;
}

function rankedByMean(
  able: readonly string[],
  standings: readonly Standing[],
): readonly { readonly name: string; readonly mean: number }[] {
  return able
    .map((name) => ({ name, mean: geometricMean(standings.map((standing) => shareIn(standing, name))) }))
    .sort((a, b) => b.mean - a.mean);
}

function geometricMean(shares: readonly number[]): number {
  return shares.reduce((product, share) => product * share, 1) ** (1 / shares.length);
}

interface Finding {
  readonly choice: readonly string[];
  readonly able: readonly string[];
  /** Of these, those that have not been chosen, if they are worth a word. */
  readonly others: readonly string[];
  readonly standings: readonly Standing[];
  readonly missing: readonly string[];
}

function reason({ choice, able, others, standings, missing }: Finding): string {
  if (standings.length === 0) return `Not measured: ${listed(missing)}.`;
  const means = rankedByMean(able, standings);
  const withMeans = (names: readonly string[]) =>
    means.filter(({ name }) => names.includes(name)).map(({ name, mean }) => `${name} (${formatShare(mean)})`);
  const [first, ...asGood] = choice;
  const sentences = [
    first === undefined ? nobody(able) : figuresOf(first, standings),
    asGood.length > 0 && `As good: ${withMeans(asGood).join(', ')}.`,
    first !== undefined && others.length > 0 && `The best of the others: ${withMeans(others)[0]}.`,
    standings.some(({ noisy }) => noisy) && 'Some of these figures are noisy.',
    missing.length > 0 && `Not measured: ${listed(missing)}.`,
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

function nobody(able: readonly string[]): string {
  return able.length === 0 ? 'No architecture did all of it.' : 'No architecture is good enough at all of it.';
}

function figuresOf(name: string, standings: readonly Standing[]): string {
  const figures = standings.map(
    ({ title, measure, spreads }) => `${formatFigure(spreads.get(name)!.median, measure.unit)} (${title})`,
  );
  return `${name} has ${figures.join('; ')}.`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
