import { demandPosix, posixAvailable } from '../posix/libc.ts';
import { checkCapacity } from './capacity.ts';
import { refuseConfinement } from './confinement.ts';
import { EagerListener } from './eager-listener.ts';
import { KernelListener } from './kernel-listener.ts';
import { Listener } from './listener.ts';
import type { Policy } from './policy.ts';
import { Reception } from './reception.ts';
import { type RequestThreads, startRequestThreads } from './request-threads.ts';
import { Roster } from './roster.ts';
import type { RunningServer, RunOptions } from './runner.ts';
import { RosteredServer } from './running-server.ts';
import { loadService, type Service, type ServiceHost } from './service.ts';
import type { WordsOfRefusal } from './turn-away.ts';

/** The number of the only unit. */
const HERE = 0;

/** Which requests of clients run in threads of a pool. */
export interface RequestsInThreads {
  readonly which: 'all' | 'heavy';
  /** 1…1024. */
  readonly threads: number;
}

export interface ServerOptions {
  /**
   * `as they come`: the event loop accepts every client at once (the default). `when asked`: the others wait in the kernel's
   * queue, where there are Berkeley sockets.
   */
  readonly accept?: 'as they come' | 'when asked' | undefined;
  /** Runs requests of the clients in threads of a pool (default: none; they run on the event loop). */
  readonly requests?: RequestsInThreads;
}

/** What serveWith needs of the options of a runner. */
export type ServeOptions = Pick<RunOptions, 'listen' | 'alsoListen' | 'limits' | 'onListening' | 'onError'> & {
  readonly words?: WordsOfRefusal;
  readonly accept?: ServerOptions['accept'];
};

/**
 * Listens, loads the service, and lets `policy` decide who is served when, all in this process.
 * @throws what makes the service or the listening socket impossible, PosixUnavailableError for `requests`, ConfinementError
 *   for a confinement; nothing stays open then.
 */
export async function startServer(
  options: RunOptions,
  policy: Policy,
  { accept, requests }: ServerOptions = {},
): Promise<RunningServer> {
  const { service: spec, queue, onError = ignore } = options;
  checkCapacity({ ...options, ...(requests && { workers: requests.threads }) });
  refuseConfinement(options);
  const load = (host: ServiceHost) => loadService(spec, host);
  const serveOptions = { ...options, accept, words: spec };
  if (!requests || !spec.runsRequestsElsewhere) return serve(load, serveOptions, policy);
  // Their data connections reach them as descriptors.
  demandPosix();
  return serve(load, serveOptions, policy, () =>
    startRequestThreads(spec, { ...requests, ...(queue !== undefined && { queue }), onError }),
  );
}

/** Like startServer, for a service that the program makes. The server owns it from now on. */
export function serveWith(
  makeService: (host: ServiceHost) => Promise<Service>,
  options: ServeOptions,
  policy: Policy,
): Promise<RunningServer> {
  return serve(makeService, options, policy);
}

async function serve(
  makeService: (host: ServiceHost) => Promise<Service>,
  options: ServeOptions,
  policy: Policy,
  startThreads?: () => Promise<RequestThreads>,
): Promise<RunningServer> {
  const roster = new Roster(options.limits);
  const listener = await openListener(options);
  let threads: RequestThreads | undefined;
  let service: Service | undefined;
  try {
    await options.onListening?.(listener.addresses[0]!);
    threads = await startThreads?.();
    service = await makeService({
      place: { process: process.pid },
      board: roster,
      ...(threads && { requests: threads }),
    });
    return localServer(service, listener, policy, { roster, words: options.words ?? {}, threads });
  } catch (error) {
    await service?.[Symbol.asyncDispose]();
    await threads?.close();
    await listener.close();
    throw error;
  }
}

function openListener({
  listen,
  alsoListen = [],
  accept = 'as they come',
  onError = ignore,
}: ServeOptions): Promise<Listener | EagerListener | KernelListener> {
  const places = [listen, ...alsoListen];
  if (!posixAvailable()) return Listener.open(places, onError);
  return accept === 'as they come' ? EagerListener.open(places, onError) : KernelListener.open(places, onError);
}

interface Surroundings {
  readonly roster: Roster;
  readonly words: WordsOfRefusal;
  readonly threads: RequestThreads | undefined;
}

/** A server whose listening socket and clients all live in this process. */
function localServer(
  service: Service,
  listener: Listener | EagerListener | KernelListener,
  policy: Policy,
  { roster, words, threads }: Surroundings,
): RunningServer {
  const registry = roster.enlist(
    HERE,
    { process: process.pid },
    {
      activities: () => reception.activities(),
      kick: (id) => void reception.kick(id),
      // There is no other unit that could want one.
      portWanted: ignore,
    },
  );
  const reception = new Reception({ service, registry, words, unit: HERE });
  const policyEnded = policy(
    listener.connections(() => reception.mayAccept()),
    (arrival) => reception.welcome(arrival),
  );
  return new RosteredServer(listener.addresses, roster, {
    reconfigure: (options) => service.reconfigure?.(options),
    stopAccepting: () => listener.close(),
    drain: () => reception.drain(),
    finished: () => policyEnded.then(() => reception.empty()),
    endClients: () => reception.end(),
    giveUp: ignore,
    release: async () => {
      await threads?.close();
      await service[Symbol.asyncDispose]();
    },
  });
}

function ignore(): void {}
