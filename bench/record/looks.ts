/** What a rule looks at, found in what was measured. */
import type { Look } from './advice-rules.ts';
import type { FigureRecord } from './record.ts';
import { bestOf, type Measure, shareOfBest } from './share.ts';
import type { Cell, Spread, Summary, WorkloadSummary } from './summary.ts';

/** How all architectures that did it stand in one figure. */
export interface Standing {
  /** Words for it, such as "large downloads, throughput". */
  readonly title: string;
  readonly measure: Measure;
  readonly noisy: boolean;
  /** By name; those that did not manage, or cannot, are not in it. */
  readonly spreads: ReadonlyMap<string, Spread>;
}

/** @returns undefined when no architecture has such a figure. */
export function standingIn(
  { workloads, candidates }: Pick<Summary, 'workloads' | 'candidates'>,
  look: Omit<Look, 'called'>,
): Standing | undefined {
  const found = workloads.find(({ workload }) => workload.name === look.workload);
  const figure = found && figureOf(found, look);
  if (found === undefined || figure === undefined) return undefined;
  const names = new Set(candidates.filter(({ kind }) => kind === 'architecture').map(({ name }) => name));
  const able = found.cells.filter(({ candidate, outcome }) => names.has(candidate) && outcome === 'ok');
  const clients =
    look.at === 'most clients' ? Math.max(...able.map((cell) => cell.clients)) : found.workload.headlineClients;
  const spreads = new Map(
    able
      .filter((cell) => cell.clients === clients)
      .flatMap((cell): [string, Spread][] => {
        const spread = figure.spread(cell);
        return spread ? [[cell.candidate, spread]] : [];
      }),
  );
  if (spreads.size === 0) return undefined;
  return {
    title: titleOf(found, figure.title, clients),
    measure: figure,
    noisy: figure.isHeadline && found.noisy,
    spreads,
  };
}

/** Of the medians, among architectures. */
export function shareIn({ measure, spreads }: Standing, name: string): number {
  const best = bestOf(
    Array.from(spreads.values(), ({ median }) => median),
    measure,
  );
  return shareOfBest(spreads.get(name)!.median, best, measure);
}

interface Figure extends Measure {
  readonly title: string;
  /** What the noise of the workload is told of. */
  readonly isHeadline: boolean;
  spread(cell: Cell): Spread | undefined;
}

function figureOf({ workload, headline }: WorkloadSummary, { figure }: Omit<Look, 'called'>): Figure | undefined {
  if (typeof figure === 'object') {
    const title = figure.server === 'pssBytes' ? 'memory (PSS)' : 'memory (RSS)';
    return {
      title,
      unit: 'B',
      better: 'less',
      isHeadline: false,
      spread: ({ server }) => server && single(server[figure.server]),
    };
  }
  const known: FigureRecord | undefined =
    figure === undefined ? headline : workload.figures.find(({ key }) => key === figure);
  return known && { ...known, isHeadline: known.key === headline.key, spread: ({ figures }) => figures[known.key] };
}

function single(value: number): Spread {
  return { median: value, least: value, most: value, count: 1 };
}

function titleOf({ workload }: WorkloadSummary, figure: string, clients: number): string {
  const at = workload.clients.length > 1 ? ` with ${clients} clients` : '';
  return `${workload.title}${at}, ${figure}`;
}
