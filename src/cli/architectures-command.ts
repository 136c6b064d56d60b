import { Command } from 'commander';
import type { Runner } from '../runtime/runner.ts';
import type { HostProcess } from './host-process.ts';

/** `architectures`: the table of the ways to run the server. */
export function architecturesCommand(host: HostProcess, architectures: readonly Runner[]): Command {
  return new Command('architectures')
    .summary('list the architectures')
    .description('Lists the architectures: the ways in which the server can serve its clients.')
    .action(() => void host.stdout.write(architectureTable(architectures)));
}

/** One line per architecture, in columns. */
export function architectureTable(architectures: readonly Runner[]): string {
  const rows = architectures.map(({ name, aliases = [], traits, pattern, summary }) => [
    [name, ...aliases].join(', '),
    traits.atATime,
    pattern,
    summary,
  ]);
  return alignColumns([['NAME', 'AT A TIME', 'PATTERN', 'HOW'], ...rows]);
}

function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
