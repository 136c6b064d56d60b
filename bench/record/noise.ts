/** How far figures may lie apart before they are called noisy, and what differences are none. */
import type { Unit } from './record.ts';
import type { Cell, Spread } from './summary.ts';

export interface NoiseRule {
  /** The unit in words, for the method. */
  readonly figures: string;
  /** Of the median. */
  readonly share: number;
  /** What is less than this is never noise, whatever its share: in the unit. */
  readonly least: number;
  readonly because: string;
}

/** Noisy is what exceeds both. */
export const NOISE: Readonly<Record<Unit, NoiseRule>> = {
  '/s': { figures: 'rates', share: 0.1, least: 0, because: 'two runs in a row agree within this on a quiet machine' },
  'B/s': { figures: 'throughput', share: 0.1, least: 0, because: 'as with rates' },
  ms: {
    figures: 'latencies',
    share: 0.25,
    least: 0.5,
    because: 'a percentile near the end hangs on few values, and the scheduler alone moves it by half a millisecond',
  },
  s: { figures: 'times', share: 0.25, least: 0.05, because: 'a process that starts takes this much longer at times' },
  B: { figures: 'memory', share: 0.1, least: 2 ** 20, because: 'V8 gives pages back when it likes' },
  'B/client': { figures: 'memory for each client', share: 0.1, least: 512, because: 'as with memory' },
  count: { figures: 'counts', share: 0.1, least: 0, because: 'one client of four is a quarter' },
};

/** Of a workload's cells: from so many on, the order of the candidates says little. */
export const NOISY_WORKLOAD_SHARE = 1 / 3;

/** From this share of its own limit on, the client may be what limits. */
export const CLIENT_LIMIT_SHARE = 0.8;

export function isNoisy({ median, least, most }: Spread, unit: Unit): boolean {
  return exceedsNoise(most - least, median, unit);
}

/** @param reference what the difference is a share of. */
export function exceedsNoise(difference: number, reference: number, unit: Unit): boolean {
  const { share, least } = NOISE[unit];
  return Math.abs(difference) > Math.max(share * Math.abs(reference), least);
}

/** @param cells at one number of clients. */
export function isNoisyWorkload(cells: readonly Cell[]): boolean {
  const ok = cells.filter(({ outcome }) => outcome === 'ok');
  const noisy = ok.filter((cell) => cell.noisy).length;
  return noisy > 0 && noisy >= ok.length * NOISY_WORKLOAD_SHARE;
}
