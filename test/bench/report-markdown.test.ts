import { describe, expect, test } from 'vitest';
import type { BenchRecord, Unit } from '../../bench/record/record.ts';
import { summarize } from '../../bench/record/summarize.ts';
import { formatFigure, formatShare, formatSpread } from '../../bench/report/format-figure.ts';
import { METHOD_TEXT } from '../../bench/report/method-text.ts';
import { reportMarkdown } from '../../bench/report/report-markdown.ts';
import { benchRecord, fullRecord, run, workload } from './support/sample-record.ts';

const report = (record: BenchRecord) => reportMarkdown(record, summarize(record));

/** The cells of a table's rows, of each line that is one. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('the report in Markdown', () => {
  test('begins with machine, versions and command', () => {
    expect(report(fullRecord()).split('\n')[2]).toBe(
      '2026-11-27 15:55 UTC · 2 × AMD EPYC, 24 GiB, Debian GNU/Linux 13 (trixie), Linux 6.18.44, files on tmpfs, ' +
        'load 0.1 before and 1.9 after · ohai-ftpd 0.1.0 (8d7fa37685), Node 20.20.2 · npm run bench -- --duration 2',
    );
  });

  test('has a row for each candidate in the heat map, with shares and marks', () => {
    const rows = rowsOf(report(fullRecord()));
    const at = rows.findIndex(([first]) => first === 'candidate');
    expect(rows.slice(at, at + 6)).toEqual([
      ['candidate', 'short sessions ~', 'scaling', 'crash'],
      [0, 1, 2, 3].map(() => expect.stringMatching(/^:?-+:?$/)),
      ['serial', '–', '', ''],
      ['prefork', '26%~†', '×', '★ 100%'],
      ['reactor', '50%', '★ 100%', '18%'],
      ['vsftpd', '★ 100%', '', ''],
    ]);
  });

  test('has figures with spread, percentiles, processor time, memory and errors of each workload', () => {
    const rows = rowsOf(report(fullRecord()));
    expect(rows).toContainEqual(['candidate', 'sessions', 'p50', 'p99', 'p99.9', 'processor', 'PSS', 'errors']);
    expect(rows).toContainEqual([
      'reactor',
      '1,000/s (980/s … 1,020/s)',
      '2 ms',
      '2.98 ms',
      '3 ms',
      '1.5 s',
      '50 MiB',
      '0',
    ]);
    expect(rows).toContainEqual(['reactor', '100', '1,000/s', '–', '–', '0']);
  });

  test('tells troubles in words, the notes, what the clients can do, and the method', () => {
    const text = report(fullRecord());
    expect(text).toContain('\n- serial: serves one client at a time\n');
    expect(text).toContain('\n- prefork: it hung \\| for ever\n');
    expect(text).toContain('\n- ProFTPD was not found: npm run bench:fetch-peers\n');
    expect(text).toContain('\n- sockets, logins: 20,000/s\n');
    for (const paragraph of METHOD_TEXT) expect(text).toContain(paragraph);
  });

  test('says of an interrupted record that it is one, and of a complete one nothing', () => {
    expect(report(benchRecord({ status: 'interrupted' }))).toContain('**Interrupted**');
    expect(report(fullRecord())).not.toContain('Interrupted');
  });

  test('of an empty record is whole as well', () => {
    const text = report(benchRecord({ workloads: [workload('login')], candidates: [], limits: [] }));
    expect(text).toContain('## login');
    expect(text).toContain('Not measured.');
    expect(text).not.toMatch(/undefined|NaN|\n\n\n/);
  });

  test('lets no text of others break a table or become anything else', () => {
    const name = 'a|b `c` <script>\n| d |';
    const record = benchRecord({
      candidates: [{ name, kind: 'peer' }],
      workloads: [workload('login', { title: 'log|in *now*' })],
      runs: [run('login', name, { rate: 1 })],
      notes: ['one\n# two'],
    });
    const text = report(record);
    const widths = rowsOf(text).map((row) => row.length);
    expect(widths.filter((width) => width === 0)).toEqual([]);
    expect(rowsOf(text)).toContainEqual(['a\\|b \\`c\\` \\<script\\> \\| d \\|', '★ 100%']);
    expect(text).toContain('\n## log\\|in \\*now\\*\n');
    expect(text).toContain('\n- one # two\n');
    expect(text).not.toMatch(/^# two/m);
  });
});

describe('a figure for people', () => {
  test.each<[number | undefined, Unit, string]>([
    [1234567890, 'B/s', '1.23 GB/s'],
    [999_700, 'B/s', '1 MB/s'],
    [12_345, '/s', '12,300/s'],
    [0.5, '/s', '0.5/s'],
    [0, 'B/s', '0 B/s'],
    [50 * 2 ** 20, 'B', '50 MiB'],
    [2 ** 30, 'B', '1 GiB'],
    [1020 * 2 ** 20, 'B', '1,020 MiB'],
    [5_888, 'B/client', '5.75 KiB/client'],
    [-2048, 'B', '-2 KiB'],
    [0.0421, 'ms', '42.1 µs'],
    [12.34, 'ms', '12.3 ms'],
    [2_500, 'ms', '2.5 s'],
    [0, 'ms', '0 ms'],
    [0.1, 's', '100 ms'],
    [90, 's', '90 s'],
    [10_000, 'count', '10,000'],
    [12_345, 'count', '12,345'],
    [1.5, 'count', '1.5'],
    [undefined, 'ms', '–'],
    [Number.NaN, 'B', '–'],
  ])('%s in %s is %s', (value, unit, text) => {
    expect(formatFigure(value, unit)).toBe(text);
  });

  test('has its spread beside it where there is one', () => {
    expect(formatSpread({ median: 2, least: 1, most: 3, count: 3 }, 'ms')).toBe('2 ms (1 ms … 3 ms)');
    expect(formatSpread({ median: 2, least: 2, most: 2, count: 1 }, 'ms')).toBe('2 ms');
    expect(formatSpread(undefined, 'ms')).toBe('–');
  });

  test('that is a share is a whole number of per cents', () => {
    expect([0, 0.256, 1].map(formatShare)).toEqual(['0%', '26%', '100%']);
  });
});
