import { describe, expect, test } from 'vitest';
import { compareRecords } from '../../bench/record/compare.ts';
import type { BenchRecord, FigureRecord } from '../../bench/record/record.ts';
import { comparisonMarkdown } from '../../bench/report/comparison-markdown.ts';
import { architecture, benchRecord, fullRecord, run, runs, workload } from './support/sample-record.ts';

const MEMORY: FigureRecord = { key: 'memory', title: 'memory', unit: 'B', better: 'less' };

const logins = (...values: number[]) =>
  benchRecord({ workloads: [workload('login')], runs: runs('login', 'reactor', values) });

const memories = (...values: number[]) =>
  benchRecord({
    workloads: [workload('rest', { figures: [MEMORY] })],
    runs: runs('rest', 'reactor', values, {}, 'memory'),
  });

const verdict = (before: BenchRecord, after: BenchRecord) => compareRecords(before, after).rows[0]!.verdict;

describe('a comparison', () => {
  test('has a verdict where the runs do not overlap and differ by more than noise', () => {
    expect(verdict(logins(100, 101, 102), logins(120, 121, 122))).toBe('faster');
    expect(verdict(logins(100, 101, 102), logins(80, 81, 82))).toBe('slower');
  });

  test('has none where runs overlap, however far the medians are apart', () => {
    expect(verdict(logins(100, 101, 160), logins(150, 170, 180))).toBe('no verdict');
  });

  test('has none where the difference is within noise, however steady the runs are', () => {
    expect(verdict(logins(100, 100, 100), logins(109, 109, 109))).toBe('no verdict');
  });

  test('has none of a single run, of which nobody knows how steady it is', () => {
    expect(verdict(logins(100), logins(200, 201))).toBe('no verdict');
  });

  test('takes less for faster where the figure says so', () => {
    expect(verdict(memories(50e6, 51e6), memories(40e6, 41e6))).toBe('faster');
    expect(verdict(memories(50e6, 51e6), memories(60e6, 61e6))).toBe('slower');
  });

  test('has a row for each workload, candidate and number of clients that both have a figure of', () => {
    const { rows, onlyBefore, onlyAfter, environment } = compareRecords(fullRecord(), fullRecord());
    expect(rows.map(({ workload, candidate, clients }) => `${workload} ${candidate} ${clients}`)).toEqual([
      'short-sessions prefork 10',
      'short-sessions reactor 10',
      'short-sessions vsftpd 10',
      'scaling reactor 1',
      'scaling reactor 10',
      'scaling reactor 100',
      'crash prefork 10',
      'crash reactor 10',
    ]);
    expect(rows.every(({ ratio, verdict }) => ratio === 1 && verdict === 'no verdict')).toBe(true);
    expect({ onlyBefore, onlyAfter, environment }).toEqual({ onlyBefore: [], onlyAfter: [], environment: [] });
  });

  test('lists what only one of them has', () => {
    const before = benchRecord({
      workloads: [workload('login'), workload('burst')],
      candidates: [architecture('serial')],
    });
    const after = benchRecord({
      workloads: [workload('login')],
      candidates: [architecture('serial'), architecture('reactor')],
    });
    expect(compareRecords(before, after)).toMatchObject({
      rows: [],
      onlyBefore: ['workload burst'],
      onlyAfter: ['candidate reactor'],
    });
  });

  test('does not compare what has failed in one of them, nor figures of another unit', () => {
    const failed = benchRecord({
      workloads: [workload('login')],
      runs: [run('login', 'reactor', {}, { outcome: 'failed' })],
    });
    expect(compareRecords(logins(1, 2), failed).rows).toEqual([]);
    const [before, after] = [memories(1), memories(1)];
    const other = {
      ...after,
      workloads: [{ ...after.workloads[0]!, figures: [{ ...MEMORY, unit: 'count' as const }] }],
    };
    expect(compareRecords(before, other).rows).toEqual([]);
  });

  test('says first what differs in the surroundings', () => {
    const before = logins(1, 2);
    const environment = { ...before.environment, cores: 8, node: '22.1.0', commit: undefined, loadBefore: 7 };
    const comparison = compareRecords(before, { ...before, environment });
    expect(comparison.environment).toEqual([
      'Cores: 2 before, 8 after',
      'Node: 20.20.2 before, 22.1.0 after',
      'Commit: 8d7fa37685 before, unknown after',
    ]);
    expect(comparisonMarkdown(comparison)).toMatch(
      /^# .*\n\nNot the same surroundings[^|]*- Cores: 2 before, 8 after\n/,
    );
  });

  test('is told as a table with words for every verdict, in which memory is not fast', () => {
    const both = (rate: number, memory: number): BenchRecord =>
      benchRecord({
        workloads: [workload('login'), workload('rest', { figures: [MEMORY] })],
        runs: [
          ...runs('login', 'reactor', [rate, rate + 1]),
          ...runs('rest', 'reactor', [memory, memory + 1], {}, 'memory'),
        ],
      });
    const text = comparisonMarkdown(compareRecords(both(100, 50e6), both(200, 80e6)));
    expect(text).toMatch(/^\| login, sessions +\| reactor +\| +10 \| +101\/s \(100\/s … 101\/s\) \|.*\| faster +\|$/m);
    expect(text).toMatch(/^\| rest, memory .*\| worse +\|$/m);
    expect(text).toContain('\n1 better, 1 worse, 0 without a verdict.\n');
  });
});
