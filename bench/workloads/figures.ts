/** Figures that several workloads have. */
import { PERCENTS } from '../record/record.ts';
import type { Figure } from './workload.ts';

/** Operations by the second. */
export const rate = (title: string): Figure => ({
  key: 'rate',
  title,
  unit: '/s',
  better: 'more',
  of: ({ measured }) => measured.operations / measured.seconds,
});

/** Octets by the second. */
export const throughput = (title: string): Figure => ({
  key: 'throughput',
  title,
  unit: 'B/s',
  better: 'more',
  of: ({ measured }) => measured.octets / measured.seconds,
});

/** The wait that so many per cent of all do not exceed. @param percent one of PERCENTS. */
export function wait(percent: (typeof PERCENTS)[number], title: string): Figure {
  return {
    key: `p${percent}`,
    title,
    unit: 'ms',
    better: 'less',
    of: ({ measured }) => measured.latencyMs?.[PERCENTS.indexOf(percent)],
  };
}

/** Of all processes of the server, for one operation. */
export const processorTime = (title: string): Figure => ({
  key: 'processorTime',
  title,
  unit: 'ms',
  better: 'less',
  of: ({ measured, server }) =>
    measured.operations === 0 ? undefined : (server.processorSeconds * 1000) / measured.operations,
});
