import { describe, expect, test } from 'vitest';
import type { Chart } from '../../../bench/report/charts/chart.ts';
import { chartsOf } from '../../../bench/report/charts/charts.ts';
import { latenciesOf } from '../../../bench/report/latencies.ts';
import { CANDIDATES, madeUpRecord } from './made-up-record.ts';
import { madeUpSummary } from './made-up-summary.ts';

const record = madeUpRecord();
const summary = madeUpSummary(record);
const charts = chartsOf(record, summary, latenciesOf(record));
const placeOf = (name: string) => CANDIDATES.findIndex((candidate) => candidate.name === name);

function chartOf<Kind extends Chart['kind']>(workload: string, kind: Kind): Extract<Chart, { kind: Kind }> {
  const found = charts.get(workload)!.find(({ chart }) => chart.kind === kind)!;
  return found.chart as Extract<Chart, { kind: Kind }>;
}

const kindsOf = (workload: string) => charts.get(workload)!.map(({ chart }) => chart.kind);

describe('the charts of a workload', () => {
  test('are those that its measurements are enough for', () => {
    expect(kindsOf('large-retr')).toEqual(['bars']);
    expect(kindsOf('connect-login')).toEqual(['bars', 'percentiles']);
    expect(kindsOf('idle-clients')).toEqual(['bars', 'percentiles', 'curves', 'curves']);
    expect(kindsOf('crash')).toEqual(['bars', 'percentiles', 'timelines']);
  });

  test('are none when nobody was tried', () => {
    const empty = { ...record, runs: [] };
    const none = chartsOf(empty, madeUpSummary(empty), latenciesOf(empty));
    expect([...none.keys()]).toEqual([...charts.keys()]);
    expect([...none.values()].flat()).toEqual([]);
  });

  test('have bars from the best to the worst, and then those without a figure, with the reason', () => {
    const { bars } = chartOf('slow-readers', 'bars');
    expect(bars[0]).toMatchObject({ candidate: placeOf('hybrid-nginx'), marks: [] });
    const medians = bars.flatMap(({ spread }) => spread?.median ?? []);
    expect(medians).toEqual(medians.toSorted((one, other) => one - other));
    expect(bars.slice(medians.length)).toEqual([
      { candidate: placeOf('serial'), marks: [{ sign: '–', words: 'skipped' }] },
      { candidate: placeOf('prefork'), marks: [{ sign: '≠', words: 'wrong' }] },
    ]);
  });

  test('end a line of latencies where the slowest of so many belongs', () => {
    const { lines } = chartOf('connect-login', 'percentiles');
    const counts = record.runs.filter(
      (run) => run.workload === 'connect-login' && run.candidate === 'process-per-connection',
    );
    const fewest = Math.min(...counts.map(({ latencyCount }) => latencyCount!));
    const points = lines.find(({ candidate }) => candidate === placeOf('process-per-connection'))!.points;
    expect(fewest).toBeLessThan(200);
    expect(points.map(({ percent }) => percent)).toEqual([0, 10, 25, 50, 75, 90, 95, 99, 100 - 100 / fewest]);
  });

  test('end a curve where a candidate failed', () => {
    const { lines } = chartOf('short-sessions', 'curves');
    const clientsOf = (name: string) =>
      lines.find(({ candidate }) => candidate === placeOf(name))!.points.map(({ clients }) => clients);
    expect(clientsOf('reactor')).toEqual([1, 10, 50, 200, 1000]);
    expect(clientsOf('process-per-connection')).toEqual([1, 10, 50, 200]);
  });

  test('show of each candidate the run in the middle', () => {
    const runs = record.runs.filter((run) => run.workload === 'crash' && run.candidate === 'reactor');
    const figures = [9, 3, 5];
    const shuffled = runs.map((run, index) => ({
      ...run,
      figures: { ...run.figures, lost: figures[index]! },
      timeline: { ...run.timeline!, events: [{ atMs: index, text: `run ${index}` }] },
    }));
    const other = { ...record, runs: [...record.runs.filter((run) => !runs.includes(run)), ...shuffled] };
    const made = chartsOf(other, summary, latenciesOf(other))
      .get('crash')!
      .find(({ chart }) => chart.kind === 'timelines')!;
    const strips = made.chart.kind === 'timelines' ? made.chart.strips : [];
    expect(strips).toHaveLength(CANDIDATES.length);
    expect(strips.find(({ candidate }) => candidate === placeOf('reactor'))!.events).toEqual([
      { atMs: 2, text: 'run 2' },
    ]);
  });
});
