import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchRecord } from '../record/record.ts';
import type { Summary } from '../record/summary.ts';
import { type PageAssets, reportHtml } from './report-html.ts';

/** What scripts/bundle-report.mjs has built. */
const BUILT = new URL(import.meta.url.endsWith('.ts') ? '../../dist/bench/report/page/' : './page/', import.meta.url);

/**
 * Writes the report into a folder, which is made if need be: one file that needs nothing besides itself.
 * @returns its path.
 */
export async function writeReport(record: BenchRecord, summary: Summary, folder: string): Promise<string> {
  const page = reportHtml(record, summary, await pageAssets());
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'index.html');
  // Not in place: who looks at an older report meanwhile, or runs out of disk, keeps a whole one.
  await writeFile(`${path}.new`, page);
  await rename(`${path}.new`, path);
  return path;
}

async function pageAssets(): Promise<PageAssets> {
  const [style, earlyScript, script] = await Promise.all(
    ['page.css', 'early.js', 'page.js'].map((name) => readFile(new URL(name, BUILT), 'utf8')),
  );
  return { style: style!, earlyScript: earlyScript!, script: script! };
}
