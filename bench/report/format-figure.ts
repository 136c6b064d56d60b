/** Figures for people: three digits that count, and a unit that suits the size. */
import type { Unit } from '../record/record.ts';
import type { Spread } from '../record/summary.ts';

/** From which size on, in terms of the unit of the record: the largest that does not exceed the value, or else the last. */
type Scale = readonly { readonly from: number; readonly name: string }[];

const decimalOctets: Scale = [
  { from: 1e9, name: 'GB' },
  { from: 1e6, name: 'MB' },
  { from: 1e3, name: 'kB' },
  { from: 1, name: 'B' },
];

const binaryOctets: Scale = [
  { from: 2 ** 30, name: 'GiB' },
  { from: 2 ** 20, name: 'MiB' },
  { from: 2 ** 10, name: 'KiB' },
  { from: 1, name: 'B' },
];

const milliseconds: Scale = [
  { from: 1e3, name: 's' },
  { from: 1, name: 'ms' },
  { from: 1e-3, name: 'µs' },
];

const SCALES: Readonly<Record<Unit, { readonly scale: Scale; readonly after?: string }>> = {
  '/s': { scale: [{ from: 1, name: '' }], after: '/s' },
  'B/s': { scale: decimalOctets, after: '/s' },
  ms: { scale: milliseconds },
  s: { scale: milliseconds.map(({ from, name }) => ({ from: from / 1e3, name })) },
  B: { scale: binaryOctets },
  count: { scale: [{ from: 1, name: '' }] },
  'B/client': { scale: binaryOctets, after: '/client' },
};

const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat('en-US', { style: 'percent' });

/** @returns such as `1.23 GB/s`, `12,300/s`, `850 µs`, `41.2 MiB`; `–` for what has not been measured. */
export function formatFigure(value: number | undefined, unit: Unit): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const { scale, after = '' } = SCALES[unit];
  const { from, name } = stepFor(value, scale);
  const number = unit === 'count' && Number.isInteger(value) ? whole.format(value) : formatNumber(value / from);
  return `${number}${name && ` ${name}`}${after}`;
}

/** @returns such as `12.3 ms (11.9 ms … 14 ms)`; a single value has no spread. */
export function formatSpread(spread: Spread | undefined, unit: Unit): string {
  if (spread === undefined) return formatFigure(undefined, unit);
  const { median, least, most } = spread;
  const around = least === most ? '' : ` (${formatFigure(least, unit)} … ${formatFigure(most, unit)})`;
  return `${formatFigure(median, unit)}${around}`;
}

/** @returns such as `12,300` or `0.85`. */
export function formatNumber(value: number): string {
  return threeDigits.format(value);
}

/** @returns such as `4 min 12 s`. */
export function formatDuration(seconds: number): string {
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  if (minutes < 60) return `${minutes} min ${rounded % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** @param share of one. @returns such as `98%`. */
export function formatShare(share: number): string {
  return percents.format(share);
}

/** With what three digits make of it: 999.7 kB is 1 MB. In terms of each step, as 2 ** 30 has more than three digits. */
function stepFor(value: number, scale: Scale): Scale[number] {
  if (value === 0) return scale.find(({ from }) => from === 1) ?? scale.at(-1)!;
  return scale.find(({ from }) => Number(Math.abs(value / from).toPrecision(3)) >= 1) ?? scale.at(-1)!;
}
