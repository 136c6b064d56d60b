import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BenchRecord } from '../record/record.ts';
import type { Summary } from '../record/summary.ts';
import { reportMarkdown } from '../report/report-markdown.ts';
import { writeReport } from '../report/write-report.ts';
import { PROJECT } from './paths.ts';

/** The page and the text. @param output folder, made where it is missing (default: bench/report). @returns their paths. */
export async function writeReports(
  record: BenchRecord,
  summary: Summary,
  output: string | undefined,
): Promise<{ readonly page: string; readonly markdown: string }> {
  const folder = output === undefined ? join(PROJECT, 'bench/report') : resolve(output);
  await mkdir(folder, { recursive: true });
  const markdown = join(folder, 'report.md');
  await writeFile(markdown, reportMarkdown(record, summary));
  return { page: await writeReport(record, summary, folder), markdown };
}
