import type { Cell, WorkloadSummary } from '../../record/summary.ts';
import { counted, quantity } from '../quantities.ts';
import type { Curves } from './chart.ts';
import type { PlaceOf } from './places.ts';

type Point = Curves['lines'][number]['points'][number];

/** How the headline figure changes with the number of clients; undefined where there was one number only. */
export function figureCurves(summary: WorkloadSummary, placeOf: PlaceOf): Curves | undefined {
  const { key, title, unit } = summary.headline;
  return curves(
    summary,
    placeOf,
    { title, unit, scale: 'linear' },
    ({ clients, figures: { [key]: spread } }) =>
      spread && { clients, value: spread.median, least: spread.least, most: spread.most },
  );
}

/** How memory does; undefined also where it has not been measured. */
export function memoryCurves(summary: WorkloadSummary, placeOf: PlaceOf): Curves | undefined {
  return curves(
    summary,
    placeOf,
    { title: 'memory of all processes (PSS)', unit: 'B', scale: 'logarithmic' },
    // Its axis is logarithmic: it has no nothing.
    ({ clients, server }) => (server && server.pssBytes > 0 ? { clients, value: server.pssBytes } : undefined),
  );
}

function curves(
  { workload, cells }: WorkloadSummary,
  placeOf: PlaceOf,
  { title, unit, scale }: Pick<Curves, 'title' | 'unit' | 'scale'>,
  point: (cell: Cell) => Point | undefined,
): Curves | undefined {
  if (workload.clients.length < 2) return undefined;
  const byCandidate = new Map<string, Point[]>();
  for (const cell of cells) {
    const drawn = cell.outcome === 'ok' ? point(cell) : undefined;
    if (drawn) byCandidate.set(cell.candidate, [...(byCandidate.get(cell.candidate) ?? []), drawn]);
  }
  if (byCandidate.size === 0) return undefined;
  const lines = [...byCandidate].map(([name, points]) => ({ candidate: placeOf(name), points }));
  const inWords = [...byCandidate].map(([name, points]) => {
    const last = points.at(-1)!;
    return `${name}: ${quantity(last.value, unit)} at ${counted(last.clients, 'client')}`;
  });
  return {
    kind: 'curves',
    title,
    unit,
    scale,
    clients: workload.clients,
    lines,
    description: `Line chart: ${title} against the number of clients, from ${workload.clients[0]} to ${workload.clients.at(-1)}. ${inWords.join('; ')}.`,
  };
}
