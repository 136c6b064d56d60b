/** Figures as the page writes them: as everywhere, but no figure is parted from its unit at the end of a line. */
import type { Unit } from '../record/record.ts';
import { formatDuration, formatFigure } from './format-figure.ts';

const NO_BREAK = '\u00a0';

/** Such as `4.51 GB/s`. */
export function quantity(value: number, unit: Unit): string {
  return formatFigure(value, unit).replaceAll(' ', NO_BREAK);
}

/** Such as `2,250–2,380/s`; the unit once, if it is that of both. */
export function range(least: number, most: number, unit: Unit): string {
  const [from, to] = [least, most].map((value) => quantity(value, unit)) as [string, string];
  const [fromUnit, toUnit] = [from, to].map((text) => text.replace(/^[-\d.,]+/, ''));
  return `${fromUnit === toUnit ? from.slice(0, from.length - toUnit!.length) : from}–${to}`;
}

/** Such as `43`, for where the sign stands above. Only the whole is 100, and only nothing is 0. */
export function percentDigits(share: number): string {
  if (share > 0 && share < 0.01) return '<1';
  if (share < 1 && share > 0.99) return '99';
  return String(Math.round(share * 100));
}

/** Such as `4 min 12 s`. */
export function duration(seconds: number): string {
  return formatDuration(seconds).replaceAll(' ', NO_BREAK);
}

/** Such as `1 client`, `50 clients`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${quantity(count, 'count')}${NO_BREAK}${count === 1 ? one : many}`;
}
