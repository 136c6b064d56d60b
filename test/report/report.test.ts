import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { BenchRecord } from '../../bench/record/record.ts';
import { writeReport } from '../../bench/report/write-report.ts';
import { CANDIDATES, madeUpRecord } from '../bench/report/made-up-record.ts';
import { madeUpSummary } from '../bench/report/made-up-summary.ts';
import { chromiumAvailable, launchChromium } from './chromium.ts';
import { contrasts } from './contrast.ts';
import { Visit } from './visit.ts';

/** Would be a picture that runs a script, or the end of the page's own script, if it were taken for HTML. */
const HOSTILE = `<img src=x onerror=alert(1)>"'&amp;</script><!--`;
const ARCHITECTURES = CANDIDATES.filter(({ kind }) => kind === 'architecture').map(({ name }) => name);
const PEERS = CANDIDATES.filter(({ kind }) => kind === 'peer').map(({ name }) => name);

const record = madeUpRecord();
const summary = madeUpSummary(record);

const withoutPeers = (whole: BenchRecord): BenchRecord => ({
  ...whole,
  candidates: whole.candidates.filter(({ kind }) => kind === 'architecture'),
  runs: whole.runs.filter((run) => ARCHITECTURES.includes(run.candidate)),
});

describe.runIf(chromiumAvailable())('the report, opened in Chromium', () => {
  let browser: Browser;
  let folder: string;
  let path: string;
  let hostilePath: string;
  let visit: Visit | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ohai-ftpd-report-'));
    path = await writeReport(record, summary, join(folder, 'usual'));
    const hostile = madeUpRecord({ hostile: HOSTILE, status: 'interrupted' });
    hostilePath = await writeReport(hostile, madeUpSummary(hostile), join(folder, 'hostile'));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  afterEach(async () => {
    // Without a visit, the test has failed already.
    if (visit === undefined) return;
    const { complaints } = visit;
    await visit[Symbol.asyncDispose]();
    visit = undefined;
    expect(complaints, 'what the browser says of the page').toEqual([]);
  });

  async function open(options?: BrowserContextOptions, file = path): Promise<Page> {
    visit = await Visit.to(browser, file, options);
    return visit.page;
  }

  test('asks for nothing but itself, whatever is done with it', async () => {
    const page = await open();
    await page.locator('#theme').click();
    await page.locator('#peers').click();
    await page.locator('table.heat thead button').first().click();
    await visit!.reload();
    expect(visit!.requests).toEqual([visit!.url, visit!.url]);
  });

  test('draws every chart that its data tells of', async () => {
    const page = await open();
    const expected = await page.evaluate(
      () => JSON.parse(document.getElementById('data')!.textContent) as { charts: Record<string, { kind: string }> },
    );
    const kinds = Object.entries(expected.charts).map(([id, { kind }]) => ({ id, kind }));
    expect(new Set(kinds.map(({ kind }) => kind))).toEqual(new Set(['bars', 'percentiles', 'curves', 'timelines']));
    expect(await page.locator('.plot').count()).toBe(kinds.length);
    for (const { id } of kinds) {
      const plot = page.locator(`[id="${id}"]`);
      // Marks are paths: bars, lines, symbols. Axes are a few of them.
      expect(await plot.locator('svg path').count(), id).toBeGreaterThan(12);
      expect(await plot.locator('svg text').count(), id).toBeGreaterThan(5);
      const { width = 0, height = 0 } = (await plot.locator('svg').boundingBox()) ?? {};
      expect(Math.min(width, height), id).toBeGreaterThan(250);
    }
  });

  test('shows each candidate in the bars, with its figure or why it has none', async () => {
    const page = await open();
    const texts = await page.locator('#chart-bars-idle-clients svg text').allTextContents();
    for (const { name } of CANDIDATES) expect(texts).toContain(name);
    const cells = summary.workloads.find(({ workload }) => workload.name === 'idle-clients')!.headlineCells;
    expect(cells.filter(({ outcome }) => outcome === 'failed')).not.toEqual([]);
    for (const outcome of ['failed', 'wrong', 'skipped']) expect(texts.join('\n')).toMatch(new RegExp(`. ${outcome}`));
    expect(texts).toContain('11.8\u00a0KiB/client');
  });

  test('lets no line from the least to the most run into a figure', async () => {
    const page = await open();
    const struck = await page.locator('[id^=chart-bars]').evaluateAll((plots) =>
      plots.map((plot) => {
        const texts = [...plot.querySelectorAll('svg text')].map((text) => text.getBoundingClientRect());
        const lines = [...plot.querySelectorAll('svg path[stroke-width="1.25"]')].map((line) =>
          line.getBoundingClientRect(),
        );
        const crossed = lines.filter(({ left, right, y }) =>
          texts.some((text) => text.top < y && y < text.bottom && text.left < right && left < text.right),
        );
        return { lines: lines.length, crossed: crossed.length };
      }),
    );
    expect(struck.length).toBeGreaterThan(5);
    for (const { lines, crossed } of struck) {
      expect(lines).toBeGreaterThan(10);
      expect(crossed).toBe(0);
    }
  });

  test('marks the events of a crash in its timeline', async () => {
    const page = await open();
    const texts = await page.locator('#chart-timeline-crash svg text').allTextContents();
    expect(texts.filter((text) => text === 'a unit is killed')).toHaveLength(CANDIDATES.length);
    expect(texts.filter((text) => text === 'served again')).toHaveLength(CANDIDATES.length);
  });

  test('says in words what each chart shows', async () => {
    const page = await open();
    expect(await page.locator('.plot[role=img]').count()).toBe(await page.locator('.plot').count());
    const labels = await page
      .locator('.plot')
      .evaluateAll((plots) => plots.map((plot) => plot.getAttribute('aria-label')));
    expect(labels.length).toBeGreaterThan(20);
    for (const label of labels) expect(label).toMatch(/^(Bar chart|Line chart|Timelines): .*hybrid-nginx/);
  });

  describe('a table', () => {
    const names = (page: Page, kind = '') =>
      page
        .locator(`table.heat tbody${kind} tr:not(.divider) th`)
        .evaluateAll((heads) => heads.map((head) => head.firstChild!.textContent));
    const head = (page: Page, title: string) => page.locator('table.heat th[scope=col]', { hasText: title });
    /** From the summary, not from the page. */
    const bestFirst = (workload: string, among: readonly string[]) => {
      const cells = summary.workloads.find(({ workload: { name } }) => name === workload)!.headlineCells;
      const shares = new Map(cells.map(({ candidate, ofBest }) => [candidate, ofBest ?? -1]));
      return among.toSorted((one, other) => shares.get(other)! - shares.get(one)!);
    };

    test('is sorted by a click on a head, within each group', async () => {
      const page = await open();
      expect(await names(page, ':not([data-kind])')).toEqual(ARCHITECTURES);
      const best = bestFirst('short-sessions', ARCHITECTURES);
      expect(best).not.toEqual(ARCHITECTURES);

      const column = head(page, 'short sessions');
      await column.getByRole('button').click();
      expect(await names(page)).toEqual([...best, ...bestFirst('short-sessions', PEERS)]);
      expect(await column.getAttribute('aria-sort')).toBe('descending');

      await column.getByRole('button').click();
      expect(await names(page, ':not([data-kind])')).toEqual(best.toReversed());
      expect(await column.getAttribute('aria-sort')).toBe('ascending');

      await head(page, 'Architecture').getByRole('button').click();
      expect(await names(page)).toEqual([...ARCHITECTURES, ...PEERS]);
      expect(await page.locator('table.heat [aria-sort]').count()).toBe(1);
    });

    test('is sorted with the keyboard', async () => {
      const page = await open();
      const column = head(page, 'connect and login');
      await column.getByRole('button').focus();
      await page.keyboard.press('Enter');
      const best = bestFirst('connect-login', ARCHITECTURES);
      expect(await names(page, ':not([data-kind])')).toEqual(best);
      expect(await column.getAttribute('aria-sort')).toBe('descending');
      await page.keyboard.press('Space');
      expect(await names(page, ':not([data-kind])')).toEqual(best.toReversed());
      expect(await column.getAttribute('aria-sort')).toBe('ascending');
    });

    test('keeps those without a figure behind the others, in both directions', async () => {
      const page = await open();
      const without = ['serial', 'process-per-connection', 'prefork', 'thread-pool'];
      const button = head(page, 'idle clients').getByRole('button');
      for (const _ of ['descending', 'ascending']) {
        await button.click();
        expect((await names(page, ':not([data-kind])')).slice(-4)).toEqual(without);
      }
    });
  });

  describe('dark colours', () => {
    /** How light the page and the text of a chart are, from 0 to 255. */
    const lightness = (page: Page) =>
      page.evaluate(() => {
        const of = (colour: string) => Math.max(...colour.match(/\d+/g)!.slice(0, 3).map(Number));
        const text = document.querySelector('#chart-bars-cloud-hash svg text')!;
        const cell = document.querySelector('table.heat td:not(.none)')!;
        return {
          page: of(getComputedStyle(document.body).backgroundColor),
          cell: of(getComputedStyle(cell).backgroundColor),
          chart: of(getComputedStyle(text).fill),
        };
      });
    // Charts are drawn one after another.
    const becomes = async (page: Page, scheme: 'light' | 'dark') => {
      const { isLight, isDark } = { isLight: (value: number) => value > 170, isDark: (value: number) => value < 130 };
      const [ground, text] = scheme === 'light' ? [isLight, isDark] : [isDark, isLight];
      await expect
        .poll(() => lightness(page), { timeout: 20_000 })
        .toEqual({ page: expect.toSatisfy(ground), cell: expect.toSatisfy(ground), chart: expect.toSatisfy(text) });
    };

    test('follow the system, at once', async () => {
      const page = await open();
      await becomes(page, 'light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await becomes(page, 'dark');
      await page.emulateMedia({ colorScheme: 'light' });
      await becomes(page, 'light');
    });

    test('are chosen by a button, which is remembered', async () => {
      const page = await open();
      await page.getByRole('button', { name: 'Dark colours' }).click();
      await becomes(page, 'dark');
      await visit!.reload();
      await becomes(page, 'dark');
      await page.getByRole('button', { name: 'Light colours' }).click();
      await becomes(page, 'light');
    });

    test('are not printed', async () => {
      const page = await open({ colorScheme: 'dark' });
      await becomes(page, 'dark');
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      await expect.poll(async () => (await lightness(page)).chart, { timeout: 20_000 }).toBeLessThan(130);
      expect(await page.locator('#theme').isVisible()).toBe(false);
    });
  });

  test('hides other servers when told to, and remembers it', async () => {
    const page = await open();
    const texts = () => page.locator('#chart-bars-short-sessions svg text').allTextContents();
    const row = page.locator('table.heat tbody th', { hasText: 'vsftpd' });
    expect(await texts()).toContain('vsftpd');
    expect(await row.isVisible()).toBe(true);
    await page.getByLabel('other servers').uncheck();
    await expect.poll(texts, { timeout: 20_000 }).not.toContain('vsftpd');
    expect(await texts()).toContain('reactor');
    expect(await row.isVisible()).toBe(false);
    await visit!.reload();
    expect(await page.getByLabel('other servers').isChecked()).toBe(false);
    expect(await row.isVisible()).toBe(false);
  });

  describe('on a phone', () => {
    const phone = { viewport: { width: 360, height: 740 } };

    test('is no wider than the screen', async () => {
      const page = await open(phone);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const { scrollWidth, innerWidth } = await page.evaluate(() => ({
        scrollWidth: document.documentElement.scrollWidth,
        innerWidth,
      }));
      expect(innerWidth).toBe(360);
      expect(scrollWidth).toBeLessThanOrEqual(innerWidth);
      const widths = await page
        .locator('.plot svg')
        .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().right));
      expect(widths.length).toBeGreaterThan(20);
      expect(Math.max(...widths)).toBeLessThanOrEqual(360);
    });

    test('scrolls wide tables in themselves, and their names stay', async () => {
      const page = await open(phone);
      const table = page.locator('.scroll', { has: page.locator('table.heat') });
      const name = table.locator('th', { hasText: 'hybrid-nginx' });
      const figure = name.locator('xpath=following-sibling::td[1]');
      await name.scrollIntoViewIfNeeded();
      const [before, figureBefore] = [(await name.boundingBox())!, (await figure.boundingBox())!];
      const scrolled = await table.evaluate((element) => {
        element.scrollLeft = 200;
        return element.scrollLeft;
      });
      expect(scrolled).toBe(200);
      // But for the space between cells.
      expect(Math.abs((await name.boundingBox())!.x - before.x)).toBeLessThan(4);
      expect((await figure.boundingBox())!.x).toBeCloseTo(figureBefore.x - 200, 0);
    });
  });

  test('has its tables without scripts, and says what is missing', async () => {
    const page = await open({ javaScriptEnabled: false });
    for (const table of ['table.advice', 'table.heat', '#workload-short-sessions table.figures >> nth=0'])
      expect(await page.locator(table).isVisible(), table).toBe(true);
    expect(await page.locator('table.heat tbody tr:not(.divider)').count()).toBe(CANDIDATES.length);
    expect(await page.locator('noscript .banner').isVisible()).toBe(true);
    expect(await page.locator('noscript .banner').innerText()).toContain('need JavaScript');
    expect(await page.locator('button:visible, input:visible').count()).toBe(0);
    expect(await page.locator('.plot').first().isVisible()).toBe(false);
  });

  test('takes names for text, whatever is in them', async () => {
    const page = await open({}, hostilePath);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('table.heat tbody th', { hasText: HOSTILE }).count()).toBe(1);
    expect(await page.locator('table.advice', { hasText: HOSTILE }).count()).toBe(1);
    expect(await page.locator('#chart-bars-short-sessions svg text').allTextContents()).toContain(HOSTILE);
    // Beside the pointer as well.
    const plot = page.locator('#chart-curve-short-sessions');
    await plot.scrollIntoViewIfNeeded();
    const { width, height } = (await plot.boundingBox())!;
    await plot.hover({ position: { x: width / 2, y: Math.min(120, height / 2) } });
    const tooltip = plot.locator('.tooltip');
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toContain(HOSTILE);
    expect(await page.locator('img').count()).toBe(0);
    // What ends the page is still there.
    expect(await page.locator('#method').isVisible()).toBe(true);
  });

  test.each<[string, (whole: BenchRecord) => BenchRecord]>([
    ['nothing was measured', (whole) => ({ ...whole, runs: [] })],
    [
      'one candidate was measured once',
      (whole) => ({ ...whole, runs: whole.runs.filter((run) => run.candidate === 'reactor' && run.repetition === 0) }),
    ],
    [
      'only peers were measured',
      (whole) => ({ ...whole, runs: whole.runs.filter((run) => PEERS.includes(run.candidate)) }),
    ],
    ['there are no peers', withoutPeers],
  ])('can be looked at when %s', async (name, change) => {
    const changed = change(record);
    const page = await open({}, await writeReport(changed, madeUpSummary(changed), join(folder, name)));
    const box = page.getByLabel('other servers');
    if (await box.isVisible()) await box.uncheck();
    expect(await box.isVisible()).toBe(change !== withoutPeers);
    await page.getByRole('button', { name: 'Dark colours' }).click();
    await visit!.reload();
    expect(await page.locator('table.heat tbody tr:not(.divider)').count()).toBe(changed.candidates.length);
  });

  test('says that a run was interrupted', async () => {
    const page = await open({}, hostilePath);
    expect(await page.getByText('This run of the bench was interrupted').isVisible()).toBe(true);
    await visit![Symbol.asyncDispose]();
    expect(await (await open()).getByText('This run of the bench was interrupted').count()).toBe(0);
  });

  test.each(['light', 'dark'] as const)('has text of a contrast of 4.5 and more in %s colours', async (colorScheme) => {
    const page = await open({ colorScheme });
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    const all = await contrasts(page);
    expect(all.length).toBeGreaterThan(2000);
    expect(all.filter(({ text }) => text.startsWith('text ')).length, 'pieces of text in charts').toBeGreaterThan(300);
    expect(all.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('has an order of headings, captions of tables and no identifier twice', async () => {
    const page = await open();
    const levels = await page
      .locator('h1, h2, h3, h4')
      .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.length).toBeGreaterThan(20);
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1);
      return level;
    });
    const captions = await page
      .locator('table')
      .evaluateAll((all) => all.map((table) => (table as HTMLTableElement).caption?.textContent));
    expect(captions.length).toBeGreaterThan(10);
    for (const caption of captions) expect(caption).toMatch(/\w/);
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const landmark of ['main', 'navigation'] as const) expect(await page.getByRole(landmark).count()).toBe(1);
  });

  test('leads from the heat map and the contents to what they name', async () => {
    const page = await open();
    const targets = await page
      .locator('a[href^="#"]')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')!.slice(1)));
    expect(targets.length).toBeGreaterThan(100);
    const missing = await page.evaluate((ids) => ids.filter((id) => !document.getElementById(id)), targets);
    expect(missing).toEqual([]);
  });

  test('moves nothing for those who want less motion', async () => {
    const page = await open();
    const behaviour = () => page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
    const animations = () => page.evaluate(() => document.getAnimations().length);
    expect(await behaviour()).toBe('auto');
    expect(await animations()).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await behaviour()).toBe('smooth');
  });
});
