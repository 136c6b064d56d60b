/** What is said while a bench runs. */
import type { Run } from '../record/record.ts';
import { medianOf } from '../record/spread.ts';
import { formatFigure } from '../report/format-figure.ts';
import type { Observer } from '../run/bench.ts';
import { type BenchPlan, secondsOfTurn } from '../run/bench-plan.ts';
import type { Item } from '../run/schedule.ts';
import type { Progress } from './progress.ts';

/** Of those who are ahead, so many are named. */
const NAMED = 3;

/** How far it is, who fails, and who is ahead in a workload that is done. */
export function observing(plan: BenchPlan, progress: Progress): Observer {
  let done = 0;
  return {
    begins: (item, { candidate, clients, repetition }) => {
      const who = candidate.contestant.record.name;
      progress.update(
        done,
        `${item.workload.title}, ${repetition + 1} of ${item.extent.repetitions} · ${who}, ${clients}`,
      );
    },
    ended: (item, run) => {
      done += secondsOfTurn(item);
      if (run.outcome === 'failed' || run.outcome === 'wrong') {
        progress.say(`  ${item.workload.name} · ${run.candidate}, ${run.clients}: ${run.outcome}, ${run.trouble}`);
      }
    },
    done: (item, runs) => progress.say(headline(item, runs, plan)),
  };
}

/** Who is ahead, in a line. */
function headline({ workload, extent }: Item, runs: readonly Run[], { contestants }: BenchPlan): string {
  const [figure] = workload.figures;
  const ranked = contestants
    .map(({ record: { name } }) => ({ name, value: figureOf(runs, name, figure.key, extent.headlineClients) }))
    .filter((each): each is { name: string; value: number } => each.value !== undefined)
    .toSorted((a, b) => (figure.better === 'more' ? b.value - a.value : a.value - b.value));
  const shown = ranked.slice(0, NAMED).map(({ name, value }) => `${name} ${formatFigure(value, figure.unit)}`);
  // A figure of a unit explains itself; a mere number does not.
  const what = figure.unit === 'count' ? `${workload.title}, ${figure.title}` : workload.title;
  return `${what}: ${shown.join(', ') || 'nothing measured'}`;
}

function figureOf(runs: readonly Run[], candidate: string, key: string, clients: number): number | undefined {
  const counted = runs.filter((run) => run.candidate === candidate && run.clients === clients && run.outcome === 'ok');
  return medianOf(counted.flatMap(({ figures }) => figures[key] ?? []));
}
