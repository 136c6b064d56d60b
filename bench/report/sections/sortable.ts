import type { CandidateRecord } from '../../record/record.ts';
import { type Html, html, type Part } from '../html.ts';

/**
 * The head of a column by which the script of the page can sort: it makes a button of what is in it. Cells carry what they
 * are sorted by in `data-value`; those that have none stay behind all others.
 */
export function columnHead(content: Part, first: 'ascending' | 'descending', hint?: string): Html {
  return html`<th scope="col" data-sort="${first}"${hint !== undefined && html` title="${hint}"`}>${content}</th>`;
}

/** `data-value` of a cell, if it has one. */
export function sortValue(value: number | undefined): Html | undefined {
  return value === undefined ? undefined : html` data-value="${value}"`;
}

/**
 * Our architectures, and the others below a divider: each group is sorted in itself, and the others can be hidden.
 * @param columns how many there are, for the divider.
 */
export function groupedRows<Row extends { readonly candidate: string }>(
  candidates: readonly CandidateRecord[],
  rows: readonly Row[],
  columns: number,
  rowHtml: (row: Row, place: number) => Html,
): Html {
  const kinds = new Map(candidates.map(({ name, kind }) => [name, kind]));
  const drawn = (wanted: CandidateRecord['kind']) =>
    rows.flatMap((row, place) => (kinds.get(row.candidate) === wanted ? rowHtml(row, place) : []));
  const peers = drawn('peer');
  return html`<tbody>${drawn('architecture')}</tbody>${
    peers.length > 0 &&
    html`
<tbody data-kind="peer"><tr class="divider"><th scope="rowgroup"><span>Other servers</span></th><td colspan="${columns - 1}"></td></tr>${peers}</tbody>`
  }`;
}
