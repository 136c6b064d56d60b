import { readRecord } from '../record/record-file.ts';
import { summarize } from '../record/summarize.ts';
import { shownPath } from './paths.ts';
import { writeReports } from './write-reports.ts';

/** @param results path of a file. @returns the exit code. */
export async function reportCommand(results: string, output: string | undefined): Promise<number> {
  const record = await readRecord(results);
  const { page, markdown } = await writeReports(record, summarize(record), output);
  process.stdout.write(`${shownPath(page)}\n${shownPath(markdown)}\n`);
  return 0;
}
