/** From the largest on; as curl's `--limit-rate` and wget's have them. */
const UNITS = [
  ['G', 1024 ** 3],
  ['M', 1024 ** 2],
  ['K', 1024],
] as const;

/**
 * Reads octets per second: `500000`, or `500K`, `1.5M`, `1G` with factors of 1024, in either case of letters.
 * @returns a whole number, 1 or more. @throws Error for a text that says no such rate.
 */
export function parseByteRate(text: string): number {
  const [, number, letter = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([KMG]?)$/i.exec(text) ?? [];
  const [, factor] = UNITS.find(([unit]) => unit === letter.toUpperCase()) ?? ['', 1];
  const rate = Math.round(Number(number) * factor);
  if (Number.isSafeInteger(rate) && rate > 0) return rate;
  throw new Error(`'${text}' is no rate in octets per second, such as 500000, 500K or 1.5M`);
}

/** The same rate as a text for parseByteRate. */
export function formatByteRate(rate: number): string {
  const [unit, factor] = UNITS.find(([, factor]) => rate % factor === 0) ?? ['', 1];
  return `${rate / factor}${unit}`;
}
