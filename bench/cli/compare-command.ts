import { compareRecords } from '../record/compare.ts';
import { readRecord } from '../record/record-file.ts';
import { comparisonMarkdown } from '../report/comparison-markdown.ts';

/** @returns the exit code: 1 when something has become slower. */
export async function compareCommand(before: string, after: string): Promise<number> {
  const comparison = compareRecords(await readRecord(before), await readRecord(after));
  process.stdout.write(`${comparisonMarkdown(comparison)}\n`);
  return comparison.rows.some(({ verdict }) => verdict === 'slower') ? 1 : 0;
}
