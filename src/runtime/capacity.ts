import type { RunOptions } from './runner.ts';

/** More than any machine has use for; a number with a digit too many would bring it down. */
export const MOST_WORKERS = 1_024;

const LIMITS: Readonly<Record<'workers' | 'maxConnections' | 'queue', number>> = {
  workers: MOST_WORKERS,
  maxConnections: Number.MAX_SAFE_INTEGER,
  queue: Number.MAX_SAFE_INTEGER,
};

/** @throws RangeError for a number of processes, threads or clients with which nobody could be served. */
export function checkCapacity(options: Partial<Pick<RunOptions, keyof typeof LIMITS>>): void {
  for (const [name, most] of Object.entries(LIMITS)) {
    const value = options[name as keyof typeof LIMITS];
    if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) continue;
    throw new RangeError(`${name} must be a whole number from 1 to ${most}, not ${value}`);
  }
}
