/** The report for a terminal or a pull request: in short what the page tells. */
import type { BenchRecord, Environment } from '../record/record.ts';
import type { Advice, Summary } from '../record/summary.ts';
import { formatFigure, formatNumber } from './format-figure.ts';
import { heatMap, LEGEND } from './markdown-heat-map.ts';
import { type Column, list, paragraphs, plain, tableOf } from './markdown-text.ts';
import { workloadSection } from './markdown-workload.ts';
import { METHOD_TEXT } from './method-text.ts';

export function reportMarkdown(record: BenchRecord, summary: Summary): string {
  const { notes, limits } = record;
  return paragraphs([
    '# Which architecture for which work',
    header(record),
    record.status === 'interrupted' &&
      '**Interrupted**: some of the runs are missing. What is said of the others holds.',
    '## Which one for me',
    tableOf(summary.advice, ADVICE),
    '## All at a glance',
    'Shares of the best, by the first figure of each workload.',
    heatMap(summary),
    LEGEND,
    ...summary.workloads.map(workloadSection),
    limits.length > 0 && '## What the clients can do at the most',
    limits.length > 0 &&
      list(limits.map(({ driver, title, perSecond, unit }) => `${driver}, ${title}: ${formatFigure(perSecond, unit)}`)),
    notes.length > 0 && '## Notes',
    list(notes),
    '## Method',
    METHOD_TEXT.join('\n\n'),
  ]);
}

const ADVICE: readonly Column<Advice>[] = [
  { head: 'what you have or want', of: ({ situation }) => situation },
  { head: 'architecture', of: ({ choice }) => choice.join(', ') || '–' },
  { head: 'because', of: ({ because }) => because },
];

function header({ began, commandLine, environment }: BenchRecord): string {
  const command = ['npm run bench', ...(commandLine.length > 0 ? ['--', ...commandLine] : [])].join(' ');
  return plain(
    [`${began.slice(0, 16).replace('T', ' ')} UTC`, machine(environment), software(environment), command].join(' · '),
  );
}

function machine({ cores, processor, memoryBytes, system, kernel, files, loadBefore, loadAfter }: Environment): string {
  const load = `load ${formatNumber(loadBefore)} before and ${formatNumber(loadAfter)} after`;
  return `${cores} × ${processor}, ${formatFigure(memoryBytes, 'B')}, ${system}, ${kernel}, files on ${files}, ${load}`;
}

function software({ version, commit, node }: Environment): string {
  return `ohai-ftpd ${version}${commit === undefined ? '' : ` (${commit})`}, Node ${node}`;
}
