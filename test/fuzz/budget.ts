/**
 * How long a run takes, and which one it is. From the environment: FUZZ_SECONDS for all scenarios together (default 60),
 * FUZZ_SEED to have the same run again (default: another one each time).
 */
export const FUZZ_SECONDS = numberFrom('FUZZ_SECONDS', 60, 1, 86_400);
export const FUZZ_SEED = numberFrom('FUZZ_SEED', Math.floor(Math.random() * 2 ** 31), 0, 2 ** 31 - 1);

function numberFrom(name: string, byDefault: number, least: number, most: number): number {
  const text = process.env[name];
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}
