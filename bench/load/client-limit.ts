/** What the load clients can do at the most, so that nobody takes their limit for that of a server. */
import type { ClientLimit, Unit } from '../record/record.ts';
import { Load } from './load.ts';
import type { CloudHashPlan, FtpPlan, HttpPlan, LoadPlan, LoadResult, Step } from './plan.ts';
import { RESPONDER_BODY_OCTETS, RESPONDER_OCTETS, type Responder, startResponder } from './responder.ts';

const WARM_UP_SECONDS = 0.3;
const SECONDS = 0.4;
const PATIENCE_MS = 5_000;
const MANY_CLIENTS = 20;

type DriverName = LoadPlan['driver'];

/** How a kind of operation is measured. */
interface Kind {
  readonly driver: DriverName;
  readonly title: string;
  readonly unit: Unit;
  plan(responder: Responder): LoadPlan;
}

const LOGIN: readonly Step[] = [{ do: 'connect' }, { do: 'login' }];
const SESSION: readonly Step[] = [...LOGIN, { do: 'quit' }];
const RETRIEVE: readonly Step[] = [{ do: 'retrieve', path: 'file', octets: RESPONDER_OCTETS }];
const STORE: readonly Step[] = [{ do: 'store', path: 'file', octets: RESPONDER_OCTETS }];

/** In the order in which they are shown. */
const KINDS = [
  ftp('sockets', 'sessions', '/s', MANY_CLIENTS, [], SESSION),
  ftp('sockets', 'NOOP', '/s', MANY_CLIENTS, LOGIN, [{ do: 'noop' }]),
  ftp('sockets', 'RETR', 'B/s', 1, LOGIN, RETRIEVE),
  ftp('sockets', 'STOR', 'B/s', 1, LOGIN, STORE),
  ftp('basic-ftp', 'sessions', '/s', 1, [], SESSION),
  ftp('basic-ftp', 'RETR', 'B/s', 1, LOGIN, RETRIEVE),
  ftp('basic-ftp', 'STOR', 'B/s', 1, LOGIN, STORE),
  http('requests', true),
  http('requests, a connection each', false),
  cloudHash('requests', true),
  cloudHash('requests, a connection each', false),
] as const satisfies readonly Kind[];

/**
 * Measures them, one after the other, against a server that does nothing; a second for each.
 *
 * What counts is the processor time that the clients take for an operation, not how many they do: this server, and whatever
 * else is on the machine, may be slower than they are. Clients of one process have one processor at the most.
 */
export async function measureLimits(drivers: readonly DriverName[]): Promise<ClientLimit[]> {
  const limits: ClientLimit[] = [];
  await using responder = await startResponder();
  for (const kind of KINDS) {
    if (drivers.includes(kind.driver)) limits.push(await measure(kind, responder));
  }
  return limits;
}

/**
 * How near the clients of one process were to their limit: 1 is at it. They have one processor at the most; so it is the share
 * of the time in which they used it, whatever it was that they did.
 */
export function limitShare({ seconds, processorSeconds }: Pick<LoadResult, 'seconds' | 'processorSeconds'>): number {
  return processorSeconds / seconds;
}

async function measure({ driver, title, unit, plan }: Kind, responder: Responder): Promise<ClientLimit> {
  await using load = await Load.start(plan(responder));
  await load.prepare();
  const { octets, operations, processorSeconds, errors, wrong } = await load.run();
  const trouble = wrong ?? Object.keys(errors)[0];
  if (trouble !== undefined) throw new Error(`the limit of ${driver} for ${title}: ${trouble}`);
  return { driver, title, perSecond: (unit === 'B/s' ? octets : operations) / processorSeconds, unit };
}

function ftp(
  driver: FtpPlan['driver'],
  title: string,
  unit: Unit,
  clients: number,
  prepare: readonly Step[],
  operation: readonly Step[],
): Kind {
  const common = { driver, clients, prepare, operation, pace: { kind: 'closed' }, patienceMs: PATIENCE_MS } as const;
  return {
    driver,
    title,
    unit,
    plan: (responder) => ({ ...common, server: responder.ftp, warmUpSeconds: WARM_UP_SECONDS, seconds: SECONDS }),
  };
}

function http(title: string, keepAlive: boolean): Kind {
  const common = { driver: 'autocannon', clients: MANY_CLIENTS, octets: RESPONDER_BODY_OCTETS, keepAlive } as const;
  return {
    driver: 'autocannon',
    title,
    unit: '/s',
    plan: ({ http }): HttpPlan => ({
      ...common,
      url: `http://${http.address}:${http.port}/`,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: SECONDS,
    }),
  };
}

function cloudHash(title: string, keepConnection: boolean): Kind {
  const common = { driver: 'cloud-hash', clients: MANY_CLIENTS, keepConnection } as const;
  return {
    driver: 'cloud-hash',
    title,
    unit: '/s',
    plan: ({ cloudHash }): CloudHashPlan => ({
      ...common,
      server: cloudHash,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: SECONDS,
    }),
  };
}
