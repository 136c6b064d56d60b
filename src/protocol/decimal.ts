/**
 * A count of octets or an offset, as REST, ALLO and RANG carry it.
 * @returns the number, 0…2^53 - 1; `undefined` for signs, spaces, fractions, other notations and larger numbers (S18).
 */
export function parseOctetCount(text: string): number | undefined {
  if (!/^[0-9]+$/.test(text)) return undefined;
  // Rounding cannot hide anything: no integer beyond the safe ones is rounded to one of them.
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
