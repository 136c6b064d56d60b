import { expect, test } from 'vitest';
import type { BenchRecord } from '../../../bench/record/record.ts';
import { latenciesOf } from '../../../bench/report/latencies.ts';
import { madeUpRecord } from './made-up-record.ts';
import { madeUpSummary } from './made-up-summary.ts';

const record = madeUpRecord();
const cell = madeUpSummary(record).workloads[0]!.headlineCells[0]!;

function toldWith(count: number | undefined): number[] {
  const runs = record.runs.map((run) => {
    const { latencyCount: _, ...rest } = run;
    return { ...rest, ...(count !== undefined && { latencyCount: count }) };
  });
  const changed: BenchRecord = { ...record, runs };
  return [...latenciesOf(changed)('connect-login', cell).ms.keys()];
}

test('percentiles are told that so many measurements tell apart from the largest, and the largest', () => {
  expect(toldWith(100)).toEqual([0, 10, 25, 50, 75, 90, 95, 99, 100]);
  expect(toldWith(99)).toEqual([0, 10, 25, 50, 75, 90, 95, 100]);
  expect(toldWith(1000)).toEqual([0, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 100]);
  expect(toldWith(1)).toEqual([0, 100]);
});

test('all percentiles are told of a record that does not say how many measurements there were', () => {
  expect(toldWith(undefined)).toHaveLength(12);
});
