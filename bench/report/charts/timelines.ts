import type { BenchRecord, Run, Timeline } from '../../record/record.ts';
import type { WorkloadSummary } from '../../record/summary.ts';
import { quantity } from '../quantities.ts';
import type { Timelines } from './chart.ts';
import type { PlaceOf } from './places.ts';

type WithTimeline = Run & { readonly timeline: Timeline };

/** Of each candidate the run whose headline figure is the middle one; undefined where no run has a timeline. */
export function timelines(summary: WorkloadSummary, record: BenchRecord, placeOf: PlaceOf): Timelines | undefined {
  const { workload, headline } = summary;
  const runs = record.candidates.flatMap(({ name }) => {
    const own = record.runs.filter(
      (run): run is WithTimeline =>
        run.workload === workload.name &&
        run.candidate === name &&
        run.clients === workload.headlineClients &&
        run.timeline !== undefined,
    );
    return middleOf(own, headline.key) ?? [];
  });
  if (runs.length === 0) return undefined;
  const inWords = runs.map(({ candidate, timeline }) => {
    const events = timeline.events.map(({ atMs, text }) => `${text} at ${quantity(atMs / 1000, 's')}`);
    return `${candidate}: ${events.join(', ') || 'nothing happened'}`;
  });
  return {
    kind: 'timelines',
    strips: runs.map(({ candidate, timeline: { operations, errors, events, everyMs } }) => ({
      candidate: placeOf(candidate),
      everyMs,
      operations,
      errors,
      events,
    })),
    description: `Timelines: operations and errors in each moment of one run. ${inWords.join('; ')}.`,
  };
}

function middleOf(runs: readonly WithTimeline[], key: string): WithTimeline | undefined {
  const ok = runs.filter(({ outcome, figures }) => outcome === 'ok' && figures[key] !== undefined);
  const sorted = ok.sort((one, other) => one.figures[key]! - other.figures[key]!);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? runs[0];
}
