import { architectures } from 'ohai-ftpd/architectures';

/** What runs a client's work, and so what a crash in it takes: the column of the table in README.md, as tests need it. */
export type Victims =
  /** Everything: it is the only process. */
  | 'the server'
  /** The one client of the unit. */
  | 'the client'
  /** All clients of the unit. */
  | 'the unit'
  /** The request of the client, which stays. */
  | 'the request';

export interface FaultRow {
  readonly crashTakes: Victims;
  /** What serves clients besides the process that was started. */
  readonly units: 'none' | 'processes' | 'threads';
  /** Whether units are there before their clients, and are replaced. */
  readonly standing: boolean;
}

const ROWS: Readonly<Record<string, FaultRow>> = {
  serial: { crashTakes: 'the server', units: 'none', standing: false },
  'process-per-connection': { crashTakes: 'the client', units: 'processes', standing: false },
  'thread-per-connection': { crashTakes: 'the client', units: 'threads', standing: false },
  prefork: { crashTakes: 'the client', units: 'processes', standing: true },
  'thread-pool': { crashTakes: 'the client', units: 'threads', standing: true },
  reactor: { crashTakes: 'the server', units: 'none', standing: false },
  'hybrid-nginx': { crashTakes: 'the unit', units: 'processes', standing: true },
  'hybrid-puma': { crashTakes: 'the request', units: 'threads', standing: true },
  'hybrid-eventmachine': { crashTakes: 'the request', units: 'threads', standing: true },
};

/** Every architecture of the registry, with what is expected of it. */
export const underFault = architectures.map((runner) => {
  const row = ROWS[runner.name];
  if (!row) throw new Error(`fault-table.ts does not say what a fault does to '${runner.name}'`);
  return { name: runner.name, runner, ...row };
});
