/** Which charts a workload has. */
import type { BenchRecord } from '../../record/record.ts';
import type { Summary, WorkloadSummary } from '../../record/summary.ts';
import { identifier } from '../html.ts';
import type { LatenciesOf } from '../latencies.ts';
import { bars } from './bars.ts';
import type { Chart, PageData } from './chart.ts';
import { figureCurves, memoryCurves } from './curves.ts';
import { percentiles } from './percentiles.ts';
import { placesOf } from './places.ts';
import { timelines } from './timelines.ts';

/** A chart and what stands above it. */
export interface Captioned {
  /** Of the element that holds it. */
  readonly id: string;
  readonly caption: string;
  /** How to read it. */
  readonly hint: string;
  readonly chart: Chart;
}

/** By the name of the workload. */
export type ChartsOf = ReadonlyMap<string, readonly Captioned[]>;

export function chartsOf(record: BenchRecord, { workloads }: Summary, latencies: LatenciesOf): ChartsOf {
  return new Map(workloads.map((summary) => [summary.workload.name, charts(summary, record, latencies)]));
}

export function pageData({ candidates }: BenchRecord, charts: ChartsOf): PageData {
  return {
    candidates: candidates.map(({ name, kind }) => ({ name, kind })),
    charts: Object.fromEntries([...charts.values()].flat().map(({ id, chart }) => [id, chart])),
  };
}

function charts(summary: WorkloadSummary, record: BenchRecord, latencies: LatenciesOf): Captioned[] {
  const { workload, headline } = summary;
  const placeOf = placesOf(record.candidates);
  const better = `${headline.better} is better`;
  const all: readonly { name: string; caption: string; hint: string; chart: Chart | undefined }[] = [
    {
      name: 'bars',
      caption: headline.title,
      hint: `Medians; the thin line reaches from the least to the most of the repetitions. ${capital(better)}.`,
      chart: bars(summary, placeOf),
    },
    {
      name: 'latency',
      caption: `Latency of ${workload.latencyOf}`,
      hint: 'From left to right ever rarer: at 99%, one in a hundred took longer; a line ends at the slowest of all. Lower is better; both axes are logarithmic.',
      chart: percentiles(summary, placeOf, latencies),
    },
    {
      name: 'curve',
      caption: `${capital(headline.title)} against clients`,
      hint: `How it scales. A line ends where a candidate no longer did it. ${capital(better)}.`,
      chart: figureCurves(summary, placeOf),
    },
    {
      name: 'memory',
      caption: 'Memory against clients',
      hint: 'Of all processes, what they share counted once (PSS). Less is better; both axes are logarithmic.',
      chart: memoryCurves(summary, placeOf),
    },
    {
      name: 'timeline',
      caption: 'What happened when',
      hint: 'One run of each, the one in the middle: operations done in each moment, errors hatched on top, events as upright lines.',
      chart: timelines(summary, record, placeOf),
    },
  ];
  return all.flatMap(({ name, caption, hint, chart }) =>
    chart ? [{ id: `chart-${name}-${identifier(workload.name)}`, caption: capital(caption), hint, chart }] : [],
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
