import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PageData } from '../../../bench/report/charts/chart.ts';
import { writeReport } from '../../../bench/report/write-report.ts';
import { CANDIDATES, madeUpRecord } from './made-up-record.ts';
import { madeUpSummary } from './made-up-summary.ts';

const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;</script><!--`;

describe('the report', () => {
  let folder: string;
  let page: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ohai-ftpd-report-'));
    const record = madeUpRecord();
    page = await readFile(await writeReport(record, madeUpSummary(record), join(folder, 'new', 'usual')), 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is one file, in a folder that is made for it', async () => {
    expect(await readdir(join(folder, 'new', 'usual'))).toEqual(['index.html']);
    expect(page).toMatch(/^<!DOCTYPE html>\n<html lang="en">/);
    expect(page.trimEnd()).toMatch(/<\/html>$/);
  });

  test('takes the place of an older one', async () => {
    const place = join(folder, 'older');
    const record = madeUpRecord();
    await writeReport(record, madeUpSummary(record), place);
    await writeFile(join(place, 'index.html'), 'old');
    expect(await readFile(await writeReport(record, madeUpSummary(record), place), 'utf8')).toBe(page);
    expect(await readdir(place)).toEqual(['index.html']);
  });

  test('loads nothing from anywhere', () => {
    // Scripts name namespaces of XML, but load nothing; the policy of the page would not let them.
    const markup = page.replaceAll(/<script>.*?<\/script>/gs, '');
    expect(markup.length).toBeGreaterThan(100_000);
    expect(markup).not.toMatch(/\b(?:src|href)="(?!#|data:,")/);
    expect(markup).not.toMatch(/@import|url\(/);
    expect(page).toMatch(
      /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; script-src &#39;sha256-[^"]*"/,
    );
  });

  test('shows what is wrong with a figure by a sign and in words', () => {
    const map = page.slice(
      page.indexOf('<table class="heat'),
      page.indexOf('</table>', page.indexOf('<table class="heat')),
    );
    for (const [sign, words] of [
      ['×', 'failed'],
      ['≠', 'wrong'],
      ['–', 'skipped'],
      ['~', 'noisy'],
      ['†', 'limited by the client'],
    ])
      expect(map).toContain(`<span aria-hidden="true">${sign}</span><span class="unseen"> ${words}</span>`);
  });

  test('gives charts the same figures as the tables', () => {
    const json = page.match(/<script type="application\/json" id="data">(.*?)<\/script>/s)![1]!;
    const { candidates, charts } = JSON.parse(json) as PageData;
    expect(candidates.map(({ name }) => name)).toEqual(CANDIDATES.map(({ name }) => name));
    const bars = charts['chart-bars-short-sessions']!;
    const summary = madeUpSummary(madeUpRecord()).workloads[1]!;
    expect(bars).toMatchObject({ kind: 'bars', unit: '/s', title: 'sessions per second' });
    const medians = bars.kind === 'bars' ? bars.bars.map(({ spread }) => spread?.median) : [];
    expect(medians).toEqual(
      summary.headlineCells.map(({ figures }) => figures.rate!.median).toSorted((one, other) => other - one),
    );
  });

  test('has only text where names come from elsewhere', async () => {
    const record = madeUpRecord({ hostile: HOSTILE });
    const hostile = await readFile(await writeReport(record, madeUpSummary(record), join(folder, 'hostile')), 'utf8');
    expect(hostile).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;amp;&lt;/script&gt;&lt;!--');
    expect(hostile).not.toContain('<img src=x');
    expect(hostile.match(/<\/script>/g)).toHaveLength(page.match(/<\/script>/g)!.length);
    expect(hostile.match(/<!--/g) ?? []).toEqual([]);
  });

  test('can be made of a record in which nothing was measured', async () => {
    const record = { ...madeUpRecord({ status: 'interrupted' }), runs: [], limits: [], notes: [], commandLine: [] };
    const empty = await readFile(await writeReport(record, madeUpSummary(record), join(folder, 'empty')), 'utf8');
    expect(empty).toContain('This run of the bench was interrupted');
    expect(empty.match(/No architecture was measured here\./g)).toHaveLength(record.workloads.length);
    expect(empty).toContain('not run');
  });

  test('tells how to make it again, and on what it was made', () => {
    expect(page).toContain('npm run bench -- --full --peers');
    expect(page.replaceAll('\u00a0', ' ')).toContain('AMD EPYC 7763 64-Core Processor, 2 cores');
  });
});
