/** Two records beside each other: what has changed, where the spread allows one to say so. */
import { exceedsNoise } from './noise.ts';
import type { BenchRecord, Environment, FigureRecord, WorkloadRecord } from './record.ts';
import { overlap } from './spread.ts';
import { summarize } from './summarize.ts';
import type { Cell, Spread } from './summary.ts';

export interface Comparison {
  /** When they began. */
  readonly before: string;
  readonly after: string;
  /** What differs in the machine or in what runs on it, in words: from the top, since it may explain all the rest. */
  readonly environment: readonly string[];
  readonly rows: readonly ComparedRow[];
  /** What one of them has only, such as "workload burst". */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

export interface ComparedRow {
  readonly workload: string;
  readonly title: string;
  readonly candidate: string;
  readonly clients: number;
  readonly figure: FigureRecord;
  readonly before: Spread;
  readonly after: Spread;
  /** The median after over that before. */
  readonly ratio: number;
  readonly verdict: Verdict;
}

/** Faster is what has the better figure, be it one of memory. None where the runs overlap, or differ by noise, or are too few. */
export type Verdict = 'faster' | 'slower' | 'no verdict';

/** With one run there is no spread, and chance looks like a change. */
export const LEAST_RUNS = 2;

export function compareRecords(before: BenchRecord, after: BenchRecord): Comparison {
  const old = cellsOf(before);
  const rows = [...cellsOf(after)].flatMap(([key, now]) => {
    const then = old.get(key);
    return then ? compareCells(then, now) : [];
  });
  return {
    before: before.began,
    after: after.began,
    environment: differences(before.environment, after.environment),
    rows,
    onlyBefore: onlyIn(before, after),
    onlyAfter: onlyIn(after, before),
  };
}

interface Placed {
  readonly workload: WorkloadRecord;
  readonly headline: FigureRecord;
  readonly cell: Cell;
}

/** By workload, candidate and number of clients. */
function cellsOf(record: BenchRecord): ReadonlyMap<string, Placed> {
  return new Map(
    summarize(record).workloads.flatMap(({ workload, headline, cells }) =>
      cells.map((cell): [string, Placed] => [
        JSON.stringify([workload.name, cell.candidate, cell.clients]),
        { workload, headline, cell },
      ]),
    ),
  );
}

/** @returns none where one of them has no such figure. */
function compareCells(then: Placed, { workload, headline, cell }: Placed): ComparedRow[] {
  const [before, after] = [then, { cell }].map((placed) =>
    placed.cell.outcome === 'ok' ? placed.cell.figures[headline.key] : undefined,
  );
  if (!before || !after || then.headline.unit !== headline.unit) return [];
  return [
    {
      workload: workload.name,
      title: workload.title,
      candidate: cell.candidate,
      clients: cell.clients,
      figure: headline,
      before,
      after,
      ratio: before.median === after.median ? 1 : after.median / before.median,
      verdict: verdictOn(before, after, headline),
    },
  ];
}

function verdictOn(before: Spread, after: Spread, { unit, better }: FigureRecord): Verdict {
  if (Math.min(before.count, after.count) < LEAST_RUNS) return 'no verdict';
  const difference = after.median - before.median;
  if (overlap(before, after) || !exceedsNoise(difference, before.median, unit)) return 'no verdict';
  return difference > 0 === (better === 'more') ? 'faster' : 'slower';
}

/** What figures may hang on, with the words for it. */
const TELLING: Readonly<Partial<Record<keyof Environment, string>>> = {
  processor: 'Processor',
  cores: 'Cores',
  kernel: 'Kernel',
  node: 'Node',
  system: 'System',
  files: 'Files on',
  version: 'ohai-ftpd',
  commit: 'Commit',
};

function differences(before: Environment, after: Environment): readonly string[] {
  return (Object.keys(TELLING) as (keyof Environment)[])
    .filter((key) => before[key] !== after[key])
    .map((key) => `${TELLING[key]}: ${before[key] ?? 'unknown'} before, ${after[key] ?? 'unknown'} after`);
}

function onlyIn(one: BenchRecord, other: BenchRecord): readonly string[] {
  const missing = (kind: 'candidates' | 'workloads', word: string) => {
    const names = new Set(other[kind].map(({ name }) => name));
    return one[kind].filter(({ name }) => !names.has(name)).map(({ name }) => `${word} ${name}`);
  };
  return [...missing('workloads', 'workload'), ...missing('candidates', 'candidate')];
}
