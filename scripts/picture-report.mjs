// Pictures of a report of the bench, for documents: `node scripts/picture-report.mjs REPORT.html FOLDER`. Needs Chromium:
// test/report/install.sh.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const PICTURES = {
  'report-light': { colorScheme: 'light', viewport: { width: 1280, height: 1500 } },
  'report-overview': { at: '#overview', colorScheme: 'light', viewport: { width: 1440, height: 1060 } },
  'report-workload': { at: '#workload-short-sessions', colorScheme: 'light', viewport: { width: 1440, height: 1060 } },
  'report-dark': { colorScheme: 'dark', viewport: { width: 1280, height: 1500 } },
  'report-phone': { colorScheme: 'light', viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
};

const [report, folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/picture-report.mjs REPORT.html FOLDER');
  process.exit(2);
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox'] });
for (const [name, { at = '', ...options }] of Object.entries(PICTURES)) {
  const page = await browser.newPage({ reducedMotion: 'reduce', ...options });
  await page.goto(pathToFileURL(resolve(report)).href + at);
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.plot')].every((plot) => plot.querySelector('svg path')),
  );
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
await browser.close();
