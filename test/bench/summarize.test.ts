import { describe, expect, test } from 'vitest';
import { exceedsNoise, isNoisy, NOISE } from '../../bench/record/noise.ts';
import type { BenchRecord, FigureRecord } from '../../bench/record/record.ts';
import { spreadOf } from '../../bench/record/spread.ts';
import { summarize } from '../../bench/record/summarize.ts';
import { benchRecord, fullRecord, latencies, run, runs, serverUse, workload } from './support/sample-record.ts';

/** What is said of one workload, by candidate. */
function cellsOf(record: BenchRecord) {
  const { cells } = summarize(record).workloads[0]!;
  return Object.fromEntries(cells.map((cell) => [cell.candidate, cell]));
}

const logins = (...all: BenchRecord['runs'][number][]) => benchRecord({ workloads: [workload('login')], runs: all });

const WAIT: FigureRecord = { key: 'p99', title: 'p99', unit: 'ms', better: 'less' };
const LOST: FigureRecord = { key: 'lost', title: 'clients lost', unit: 'count', better: 'less' };

describe('a spread', () => {
  test('has the middle of an odd number of values, and what lies between the middle two of an even one', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3, count: 3 });
    expect(spreadOf([40, 10, 20, 30])).toEqual({ median: 25, least: 10, most: 40, count: 4 });
    expect(spreadOf([5])).toEqual({ median: 5, least: 5, most: 5, count: 1 });
  });

  test('of no values is none', () => {
    expect(spreadOf([])).toBeUndefined();
  });
});

describe('noise', () => {
  test('of a rate is more than a tenth of the median', () => {
    expect(isNoisy(spreadOf([95, 100, 105])!, '/s')).toBe(false);
    expect(isNoisy(spreadOf([94, 100, 105])!, '/s')).toBe(true);
  });

  test('of a latency is a quarter, and half a millisecond at least', () => {
    expect(isNoisy(spreadOf([0.2, 0.3, 0.6])!, 'ms')).toBe(false);
    expect(isNoisy(spreadOf([10, 11, 12])!, 'ms')).toBe(false);
    expect(isNoisy(spreadOf([10, 11, 14])!, 'ms')).toBe(true);
  });

  test('of memory is a tenth, and a mebibyte at least', () => {
    expect(isNoisy(spreadOf([1e6, 1.5e6])!, 'B')).toBe(false);
    expect(isNoisy(spreadOf([50e6, 60e6])!, 'B')).toBe(true);
  });

  test('is defined for every unit, and never found in values that are the same', () => {
    for (const unit of Object.keys(NOISE) as (keyof typeof NOISE)[]) {
      expect(exceedsNoise(0, 0, unit)).toBe(false);
      expect(exceedsNoise(1e12, 1, unit)).toBe(true);
    }
  });
});

describe('a summary', () => {
  test('has medians of what was ok, with shares of the best, peers included', () => {
    const cells = cellsOf(fullRecord());
    expect(cells.reactor).toMatchObject({
      outcome: 'ok',
      figures: { rate: { median: 1000, least: 980, most: 1020, count: 3 } },
      latencyMs: latencies(2),
      server: serverUse(),
      errors: 0,
      noisy: false,
      clientLimited: false,
      ofBest: 0.5,
    });
    expect(cells.vsftpd).toMatchObject({ ofBest: 1, errors: 6 });
    expect(cells.prefork).toMatchObject({ noisy: true, clientLimited: true });
  });

  test('compares at each number of clients by itself, and tells the headline by one of them', () => {
    const [, curve] = summarize(fullRecord()).workloads;
    expect(curve!.cells.map(({ candidate, clients }) => [candidate, clients])).toEqual([
      ['prefork', 100],
      ['reactor', 1],
      ['reactor', 10],
      ['reactor', 100],
    ]);
    expect(curve!.cells.every(({ outcome, ofBest }) => outcome !== 'ok' || ofBest === 1)).toBe(true);
    expect(curve!.headlineCells.map(({ candidate }) => candidate)).toEqual(['prefork', 'reactor']);
  });

  test('has the numbers of clients that there were in fact, where descriptors were too few for more', () => {
    const record = benchRecord({
      workloads: [workload('idle', { clients: [10_000], headlineClients: 10_000 })],
      runs: runs('idle', 'reactor', [1], { clients: 900 }),
    });
    const { cells, headlineCells } = summarize(record).workloads[0]!;
    expect(cells.map(({ clients }) => clients)).toEqual([900]);
    expect(headlineCells).toEqual([]);
  });

  test('takes less for better where the figure says so, and compares counts with one added', () => {
    const waits = benchRecord({
      workloads: [workload('blocking', { figures: [WAIT] })],
      runs: [...runs('blocking', 'prefork', [2], {}, 'p99'), ...runs('blocking', 'reactor', [8], {}, 'p99')],
    });
    expect(cellsOf(waits)).toMatchObject({ prefork: { ofBest: 1 }, reactor: { ofBest: 0.25 } });
    const lost = benchRecord({
      workloads: [workload('crash', { figures: [LOST] })],
      runs: [...runs('crash', 'prefork', [0], {}, 'lost'), ...runs('crash', 'reactor', [3], {}, 'lost')],
    });
    expect(cellsOf(lost)).toMatchObject({ prefork: { ofBest: 1 }, reactor: { ofBest: 0.25 } });
  });

  test('gives all that are the best the whole, even where it is nothing', () => {
    const cells = cellsOf(logins(...runs('login', 'prefork', [0]), ...runs('login', 'reactor', [0])));
    expect(cells).toMatchObject({ prefork: { ofBest: 1 }, reactor: { ofBest: 1 } });
  });

  test('takes for able who managed most runs, and tells what went wrong in the others', () => {
    const failed = { outcome: 'failed', trouble: 'it hung' } as const;
    const cells = cellsOf(
      logins(
        ...runs('login', 'prefork', [100, 102]),
        run('login', 'prefork', { rate: 5 }, failed),
        ...runs('login', 'reactor', [100]),
        run('login', 'reactor', {}, failed),
        run('login', 'serial', {}, failed),
        run('login', 'serial', {}, { outcome: 'wrong', trouble: 'octets are missing' }),
        run('login', 'serial', {}, failed),
      ),
    );
    expect(cells.prefork).toMatchObject({
      outcome: 'ok',
      figures: { rate: { median: 101 } },
      troubles: ['it hung'],
      ofBest: 1,
    });
    expect(cells.reactor).toMatchObject({ outcome: 'failed', troubles: ['it hung'] });
    expect(cells.reactor!.ofBest).toBeUndefined();
    expect(cells.serial).toMatchObject({ outcome: 'wrong', troubles: ['it hung', 'octets are missing'], figures: {} });
  });

  test('does not let skipped runs count, neither among those of a candidate nor among candidates', () => {
    const skipped = { outcome: 'skipped', trouble: 'one client at a time' } as const;
    const record = logins(
      ...['serial', 'vsftpd'].map((name) => run('login', name, {}, skipped)),
      run('login', 'prefork', {}, skipped),
      ...runs('login', 'prefork', [100]),
      ...runs('login', 'reactor', [50, 100, 150]),
    );
    expect(cellsOf(record)).toMatchObject({ serial: { outcome: 'skipped' }, prefork: { outcome: 'ok' } });
    // One of the two that were measured.
    expect(summarize(record).workloads[0]!.noisy).toBe(true);
  });

  test('calls a workload noisy when a third of its candidates are', () => {
    const [steady, wild] = [
      [100, 101, 102],
      [50, 100, 150],
    ];
    const noisy = (...values: number[][]) =>
      summarize(
        logins(
          ...values.flatMap((each, index) => runs('login', ['serial', 'prefork', 'reactor', 'vsftpd'][index]!, each)),
        ),
      ).workloads[0]!.noisy;
    expect(noisy(steady, steady, steady, steady)).toBe(false);
    expect(noisy(steady, steady, steady, wild)).toBe(false);
    expect(noisy(steady, steady, wild)).toBe(true);
    expect(noisy()).toBe(false);
  });

  test('of an interrupted record says what there is', () => {
    const record = benchRecord({
      status: 'interrupted',
      workloads: [workload('login'), workload('listing')],
      runs: runs('login', 'reactor', [100]),
    });
    const { workloads, candidates, advice } = summarize(record);
    expect(candidates).toHaveLength(4);
    expect(workloads.map(({ cells }) => cells.length)).toEqual([1, 0]);
    expect(workloads[1]).toMatchObject({ headlineCells: [], noisy: false });
    expect(advice.length).toBeGreaterThan(5);
  });

  test('has a median of each percentile and of each use by itself', () => {
    const measured = (median: number, threads: number) => ({
      latencyMs: latencies(median),
      server: serverUse({ threads }),
    });
    const cells = cellsOf(
      logins(
        run('login', 'reactor', { rate: 1 }, measured(1, 30)),
        run('login', 'reactor', { rate: 2 }, measured(5, 10)),
        run('login', 'reactor', { rate: 3 }, measured(3, 20)),
      ),
    );
    expect(cells.reactor).toMatchObject({ latencyMs: latencies(3), server: { threads: 20 } });
  });
});
