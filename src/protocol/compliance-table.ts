import type { FeatureContext, Row } from './command.ts';

/**
 * The rows of a command table as a table in Markdown, for docs/rfc-compliance.md.
 * @param rows of which the refused ones are left out.
 * @param context what FEAT is asked for; a row may advertise more or less with other settings.
 */
export function complianceTable(rows: readonly Row[], context: FeatureContext): string {
  const served = rows.filter(({ refused }) => !refused);
  return markdownTable(
    ['Command', 'Argument', 'What it does', 'Defined by', 'Needs', 'During a transfer', 'In FEAT'],
    served.map((row) => [
      namesOf(row),
      code(row.syntax),
      row.summary,
      row.source,
      needsOf(row),
      DURING_TRANSFER[row.duringTransfer ?? 'wait'],
      featuresOf(row, context),
    ]),
  );
}

/** The rows that are refused on purpose, as a table in Markdown. */
export function refusedTable(rows: readonly Row[]): string {
  return markdownTable(
    ['Command', 'Argument', 'What it does not do', 'Defined by'],
    rows.filter(({ refused }) => refused).map((row) => [namesOf(row), code(row.syntax), row.summary, row.source]),
  );
}

const DURING_TRANSFER = { wait: 'waits', answer: 'is answered at once', abort: 'ends it' } as const;

/** The lists of HASH and MLST are long, and say in FEAT what they say. */
const FEATURE_LENGTH = 24;

function namesOf({ verb, aliases = [] }: Row): string {
  return [verb, ...aliases].map(code).join(' ');
}

function needsOf({ access, permission }: Row): string {
  if (access === 'anyone') return '';
  return permission === undefined ? 'login' : `login, \`${permission}\``;
}

function featuresOf({ feature }: Row, context: FeatureContext): string {
  const lines = feature?.(context) ?? [];
  return lines.map((line) => code(line.length > FEATURE_LENGTH ? `${line.split(' ')[0]} …` : line)).join(' ');
}

/** GFM takes a bar for the border of a cell, in code as well. */
function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``;
}

/** A table of GFM. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
