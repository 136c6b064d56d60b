/** Points in time as MDTM, MFMT and the facts of MLSx write them: UTC, RFC 3659 section 2.3. */
import { DayTexts, secondOfDay, twoDigits } from './day-texts.ts';

const EARLIEST_MS = Date.parse('0000-01-01T00:00:00Z');
const LATEST_MS = Date.parse('9999-12-31T23:59:59Z');

const days = new DayTexts((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));

/**
 * @param ms milliseconds since the epoch. What four digits of a year cannot express becomes the nearest that they can.
 * @returns `YYYYMMDDHHMMSS`, rounded down. The fraction that the RFC allows is left out: there are clients that stumble.
 */
export function formatTimeValue(ms: number): string {
  const expressible = ms <= LATEST_MS ? Math.max(ms, EARLIEST_MS) : LATEST_MS;
  const second = secondOfDay(expressible);
  const minute = Math.floor(second / 60);
  return days.of(expressible) + twoDigits(Math.floor(minute / 60)) + twoDigits(minute % 60) + twoDigits(second % 60);
}

const TIME_VALUE = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(\.[0-9]+)?$/;

/**
 * @param text `YYYYMMDDHHMMSS` or the same with a fraction of a second of any length.
 * @returns milliseconds since the epoch, rounded down; `undefined` for what is no such time, or not in the calendar. The
 * leap second, which the RFC allows, is the second after it, as POSIX counts.
 */
export function parseTimeValue(text: string): number | undefined {
  const match = TIME_VALUE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  const isLeapSecond = `${hour}${minute}${second}` === '235960';
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${isLeapSecond ? '59' : second}Z`);
  // Date.parse lets 31 February pass and makes it March.
  if (Number.isNaN(ms) || formatTimeValue(ms).slice(0, 10) !== text.slice(0, 10)) return undefined;
  return ms + (isLeapSecond ? 1000 : Number(fraction.slice(1, 4).padEnd(3, '0')));
}
