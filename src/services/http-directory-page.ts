import { parentOf } from '../protocol/virtual-path.ts';
import type { ListedEntry, Listing } from './http-directory.ts';
import { escapeHtml, HTML_END, htmlHead, readableName } from './http-page.ts';
import { directoryUrl, encodeSegment } from './http-target.ts';

/**
 * The page of a directory, piece by piece, as it is read.
 * @param path virtual path of the directory. @param place where the service runs, in words, for the foot of the page.
 */
export async function* directoryPage(path: string, listing: Listing, place?: string): AsyncGenerator<string> {
  yield htmlHead(path === '/' ? 'Files' : readableName(path)) + ICONS + breadcrumbs(path);
  if (!listing.sorted) yield '<p class="note">There are very many entries here: they come in no order.</p>\n';
  yield TABLE_HEAD + parentRow(path);
  const total = { directories: 0, files: 0, octets: 0 };
  for await (const batch of listing.batches) {
    for (const { type, size } of batch) {
      if (type === 'directory') total.directories += 1;
      else total.files += 1;
      if (type === 'file') total.octets += size;
    }
    yield batch.map(row).join('');
  }
  yield `</tbody></table>\n<footer>${[summary(total), place]
    .filter(Boolean)
    .map((text) => escapeHtml(text!))
    .join(' · ')}</footer>\n${HTML_END}`;
}

/** Drawn once and referred to by every row. */
const ICONS =
  '<svg hidden><symbol id="d" viewBox="0 0 20 20"><path d="M2.5 5.5a1 1 0 0 1 1-1h4l1.8 2h7.2a1 1 0 0 1 1 1v7.5a1 1 0 0 1-1 1h-13a1 1 0 0 1-1-1z"/></symbol>' +
  '<symbol id="f" viewBox="0 0 20 20"><path d="M5.5 2.5h6l3.5 3.5v10.5a1 1 0 0 1-1 1h-8.5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1zM11.5 2.5v3.5h3.5"/></symbol>' +
  '<symbol id="u" viewBox="0 0 20 20"><path d="M10 16.5v-12M5 9l5-5 5 5"/></symbol></svg>\n';

const TABLE_HEAD = '<table><thead><tr><th>Name</th><th>Size</th><th>Modified (UTC)</th></tr></thead><tbody>\n';

/** The way from the root to here, every step but the last a link. */
function breadcrumbs(path: string): string {
  const names = path.split('/').filter(Boolean);
  if (names.length === 0) return '<h1>Files</h1>\n';
  const steps = names.map((name, index) => {
    const text = `<bdi>${escapeHtml(readableName(name))}</bdi>`;
    const url = directoryUrl(`/${names.slice(0, index + 1).join('/')}`);
    return index === names.length - 1 ? text : `<a href="${url}">${text}</a>`;
  });
  return `<h1><a href="/">Files</a><i>/</i>${steps.join('<i>/</i>')}</h1>\n`;
}

function parentRow(path: string): string {
  if (path === '/') return '';
  return `<tr><td><a href="${directoryUrl(parentOf(path))}">${icon('u')}Parent folder</a></td><td></td><td></td></tr>\n`;
}

function row({ name, type, size, modifiedMs }: ListedEntry): string {
  const isDirectory = type === 'directory';
  const label = `${icon(isDirectory ? 'd' : 'f')}<bdi>${escapeHtml(readableName(name))}</bdi>${isDirectory ? '/' : ''}`;
  // Line ends cannot be asked for, by any client: such a file is shown and cannot be fetched.
  const cell = /[\r\n]/.test(name)
    ? `<span>${label}</span>`
    : `<a href="${encodeSegment(name)}${isDirectory ? '/' : ''}">${label}</a>`;
  return `<tr><td>${cell}</td><td>${isDirectory ? '' : sizeCell(size)}</td><td>${timeCell(modifiedMs)}</td></tr>\n`;
}

function icon(id: 'd' | 'f' | 'u'): string {
  return `<svg class="${id}" aria-hidden="true"><use href="#${id}"/></svg>`;
}

function sizeCell(octets: number): string {
  return octets < 1000 ? readableSize(octets) : `<span title="${octets} octets">${readableSize(octets)}</span>`;
}

/** `2026-01-31 09:05`; nothing for a time that no calendar has. */
function timeCell(ms: number): string {
  const time = new Date(ms);
  if (Number.isNaN(time.getTime())) return '';
  const iso = time.toISOString();
  const minutes = iso.slice(0, iso.indexOf('T') + 6);
  return `<time datetime="${minutes}Z">${minutes.replace('T', ' ')}</time>`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];

/** As people write sizes, with a thousand to the kilo: `0 B`, `999 B`, `1.2 kB`, `34 MB`. */
export function readableSize(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  let value = octets / 1000;
  let unit = 0;
  // What would be rounded to a thousand is one of the next unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

function summary({ directories, files, octets }: { directories: number; files: number; octets: number }): string {
  if (directories + files === 0) return 'This folder is empty';
  const parts = [];
  if (directories > 0) parts.push(directories === 1 ? '1 folder' : `${directories} folders`);
  if (files > 0) parts.push(`${files === 1 ? '1 file' : `${files} files`}, ${readableSize(octets)}`);
  return parts.join(', ');
}
