/** From a record to what is said of it. */
import { adviceFrom } from './advice.ts';
import { CLIENT_LIMIT_SHARE, isNoisy, isNoisyWorkload } from './noise.ts';
import type { BenchRecord, FigureRecord, Outcome, Run, ServerUse, WorkloadRecord } from './record.ts';
import { bestOf, shareOfBest } from './share.ts';
import { medianOf, spreadOf } from './spread.ts';
import type { Cell, Spread, Summary, WorkloadSummary } from './summary.ts';

export function summarize(record: BenchRecord): Summary {
  const { candidates } = record;
  const workloads = record.workloads.map((workload) => summarizeWorkload(record, workload));
  return { candidates, workloads, advice: adviceFrom({ candidates, workloads }) };
}

function summarizeWorkload({ candidates, runs }: BenchRecord, workload: WorkloadRecord): WorkloadSummary {
  const headline = workload.figures[0]!;
  const own = runs.filter((run) => run.workload === workload.name);
  const numbersOfClients = [...new Set(own.map(({ clients }) => clients))].sort((a, b) => a - b);
  const rough = candidates.flatMap(({ name }) =>
    numbersOfClients
      .map((clients) => own.filter((run) => run.candidate === name && run.clients === clients))
      .filter((these) => these.length > 0)
      .map((these) => summarizeRuns(these, workload.figures, headline)),
  );
  const cells = rough.map((cell) => withShare(cell, rough, headline));
  const headlineCells = cells.filter(({ clients }) => clients === workload.headlineClients);
  return { workload, headline, cells, headlineCells, noisy: isNoisyWorkload(headlineCells) };
}

/** @param runs of one candidate at one number of clients, at least one. */
function summarizeRuns(runs: readonly Run[], figures: readonly FigureRecord[], headline: FigureRecord): Cell {
  const { candidate, clients } = runs[0]!;
  const ok = runs.filter(({ outcome }) => outcome === 'ok');
  const spreads = Object.fromEntries(
    figures.flatMap(({ key }): [string, Spread][] => {
      const spread = spreadOf(ok.flatMap((run) => run.figures[key] ?? []));
      return spread ? [[key, spread]] : [];
    }),
  );
  const latencyMs = mediansOf(ok.flatMap((run) => (run.latencyMs?.length ? [run.latencyMs] : [])));
  const server = mediansOfUse(ok.flatMap((run) => run.server ?? []));
  const limitShare = medianOf(ok.flatMap((run) => run.client?.limitShare ?? []));
  const headlineSpread = spreads[headline.key];
  return {
    candidate,
    clients,
    outcome: outcomeOf(runs.map(({ outcome }) => outcome)),
    troubles: [...new Set(runs.flatMap(({ outcome, trouble }) => (outcome === 'ok' ? [] : (trouble ?? []))))],
    figures: spreads,
    ...(latencyMs && { latencyMs }),
    ...(server && { server }),
    errors: runs.flatMap((run) => Object.values(run.errors)).reduce((sum, count) => sum + count, 0),
    noisy: headlineSpread !== undefined && isNoisy(headlineSpread, headline.unit),
    clientLimited: limitShare !== undefined && limitShare >= CLIENT_LIMIT_SHARE,
  };
}

/** From the worst on. What is skipped has not been tried, and says nothing of what has been. */
const WORST_FIRST: readonly Outcome[] = ['wrong', 'failed', 'ok', 'skipped'];

function outcomeOf(outcomes: readonly Outcome[]): Outcome {
  const tried = outcomes.filter((outcome) => outcome !== 'skipped');
  const ok = tried.filter((outcome) => outcome === 'ok');
  if (ok.length > tried.length / 2) return 'ok';
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome))!;
}

function withShare(cell: Cell, all: readonly Cell[], headline: FigureRecord): Cell {
  const own = medianIn(cell, headline);
  if (own === undefined) return cell;
  const rivals = all
    .filter(({ clients }) => clients === cell.clients)
    .flatMap((rival) => medianIn(rival, headline) ?? []);
  return { ...cell, ofBest: shareOfBest(own, bestOf(rivals, headline), headline) };
}

function medianIn({ outcome, figures }: Cell, { key }: FigureRecord): number | undefined {
  return outcome === 'ok' ? figures[key]?.median : undefined;
}

function mediansOf(lists: readonly (readonly number[])[]): readonly number[] | undefined {
  return lists[0]?.map((_, index) => medianOf(lists.flatMap((list) => list[index] ?? []))!);
}

/** Of each figure by itself. */
function mediansOfUse(uses: readonly ServerUse[]): ServerUse | undefined {
  if (uses.length === 0) return undefined;
  const median = (of: keyof ServerUse) => medianOf(uses.map((use) => use[of]))!;
  return {
    processorSeconds: median('processorSeconds'),
    pssBytes: median('pssBytes'),
    rssBytes: median('rssBytes'),
    threads: median('threads'),
    processes: median('processes'),
    descriptors: median('descriptors'),
    voluntarySwitches: median('voluntarySwitches'),
    involuntarySwitches: median('involuntarySwitches'),
  };
}
