/** Tables and text of others in Markdown. */
import { markdownTable } from 'markdown-table';

export interface Column<Row> {
  readonly head: string;
  /** Of numbers: aligned to the right. */
  readonly number?: boolean;
  of(row: Row): string;
}

/** @returns nothing but the cells' text, whatever is in it. */
export function tableOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const texts = [columns.map(({ head }) => head), ...rows.map((row) => columns.map((column) => column.of(row)))];
  return markdownTable(
    texts.map((row) => row.map(plain)),
    { align: columns.map(({ number }) => (number ? 'r' : 'l')) },
  );
}

/** On one line, and with nothing in it that Markdown takes for more than a character. */
export function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_<>[\]|]/g, '\\$&');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${plain(item)}`).join('\n');
}

/** What there is of sections, with a blank line between them. */
export function paragraphs(parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === 'string' && part !== '').join('\n\n')}\n`;
}
