/** What LIST and NLST send: lines as `ls -l` and `ls` print them. No standard defines it; clients expect it (W20, W22). */
import type { DirectoryEntry, FileType } from '../storage/file-system.ts';
import { DayTexts, secondOfDay, twoDigits } from './day-texts.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const MINUTE_MS = 60_000;
/** Half of a Gregorian year of 365.2425 days, as ls(1) of coreutils has it. */
const SIX_MONTHS_MS = 15_778_476_000;
/** The most that a Date can hold, ECMA-262 section 21.4.1.1. */
const LATEST_MS = 8_640_000_000_000_000;

const TYPE_LETTERS: Record<FileType, string> = { file: '-', directory: 'd', symlink: 'l', other: 'p' };
const DEFAULT_MODES: Record<FileType, number> = { file: 0o644, directory: 0o755, symlink: 0o777, other: 0o644 };

/**
 * One line of a Unix directory listing. What the storage does not tell is filled in with what clients take for normal.
 * @param entry with its status; a link as the link itself, not what it points to.
 * @param nowMs milliseconds since the epoch: decides whether a time or a year is shown.
 * @returns the line with its CRLF. Times are in UTC.
 */
export function formatListLine(entry: DirectoryEntry, nowMs: number): string {
  const { name, type, status } = entry;
  const mode = formatMode(type, status?.mode ?? DEFAULT_MODES[type]);
  const links = String(status?.links ?? 1).padStart(4);
  const owner = ownerColumn(status?.owner ?? status?.uid);
  const group = ownerColumn(status?.group ?? status?.gid);
  const size = String(status?.size ?? 0).padStart(12);
  const date = formatListDate(status?.modifiedMs ?? 0, nowMs);
  const target = type === 'symlink' && status?.target !== undefined ? ` -> ${oneLine(status.target)}` : '';
  return `${mode} ${links} ${owner} ${group} ${size} ${date} ${oneLine(name)}${target}\r\n`;
}

/** @returns one line of an NLST listing, with its CRLF. */
export function formatNameLine(name: string): string {
  return `${oneLine(name)}\r\n`;
}

/**
 * A name with a line end in it could forge further lines. No command can name such a file either, so nothing is lost by
 * showing it as `ls -q` does.
 */
export function oneLine(name: string): string {
  return /[\0\r\n]/.test(name) ? name.replaceAll(/[\0\r\n]/g, '?') : name;
}

const PERMISSION_LETTERS = ['---', '--x', '-w-', '-wx', 'r--', 'r-x', 'rw-', 'rwx'];
const PERMISSION_BITS = 0o7777;

/** The columns of modes seen so far, for there are few: by type, then by mode. */
const modeColumns: Record<FileType, string[]> = { file: [], directory: [], symlink: [], other: [] };

/**
 * @param mode permission bits, 0…0o7777.
 * @returns the ten characters of `ls -l`, such as `drwxr-xr-x`.
 */
export function formatMode(type: FileType, mode: number): string {
  const permissions = mode & PERMISSION_BITS;
  const columns = modeColumns[type];
  columns[permissions] ??= modeColumn(type, permissions);
  return columns[permissions];
}

function modeColumn(type: FileType, mode: number): string {
  const user = permissionColumn(mode >> 6, mode & 0o4000, 's', 'S');
  const group = permissionColumn(mode >> 3, mode & 0o2000, 's', 'S');
  const others = permissionColumn(mode, mode & 0o1000, 't', 'T');
  return TYPE_LETTERS[type] + user + group + others;
}

/** @param special the bit that replaces the third letter: set-user-id, set-group-id or sticky. */
function permissionColumn(bits: number, special: number, withExecute: string, without: string): string {
  const letters = PERMISSION_LETTERS[bits & 7]!;
  if (special === 0) return letters;
  return letters.slice(0, 2) + (bits & 1 ? withExecute : without);
}

/** Those written last, and how many of them are kept: a directory has few owners. */
const ownerColumns = new Map<string | number, string>();
const KEPT_OWNERS = 1_000;

/** Clients count columns: a name with a space in it would be two. */
function ownerColumn(owner: string | number | undefined): string {
  if (owner === undefined || owner === '') return 'ftp     ';
  let column = ownerColumns.get(owner);
  if (column === undefined) {
    if (ownerColumns.size === KEPT_OWNERS) ownerColumns.clear();
    column = String(owner)
      .replaceAll(/[\s\0]/g, '_')
      .padEnd(8);
    ownerColumns.set(owner, column);
  }
  return column;
}

const days = new DayTexts(formatDay);
const daysWithYear = new DayTexts((date) => `${formatDay(date)}  ${String(date.getUTCFullYear()).padStart(4, '0')}`);

function formatDay(date: Date): string {
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)}`;
}

/**
 * A file of the future shows its year, for a client that sees a time takes it for one of the last twelve months. Minutes
 * are compared, since minutes are shown: a file that was written after the listing began is not of the future.
 */
function formatListDate(modifiedMs: number, nowMs: number): string {
  const ms = Math.abs(modifiedMs) <= LATEST_MS ? modifiedMs : 0;
  const isRecent =
    nowMs - modifiedMs < SIX_MONTHS_MS && Math.floor(modifiedMs / MINUTE_MS) <= Math.floor(nowMs / MINUTE_MS);
  if (!isRecent) return daysWithYear.of(ms);
  const minute = Math.floor(secondOfDay(ms) / 60);
  return `${days.of(ms)} ${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}
