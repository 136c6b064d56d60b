import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { MessagePort } from 'node:worker_threads';
import type { Endpoint } from '../posix/socket-address.ts';
import type { Board, Place, Seat } from './board.ts';
import type { PortExchange } from './port-exchange.ts';
import type { Rates } from './rates.ts';

export type { Endpoint };

/** A client that has just connected. */
export interface ControlConnection {
  /** Nothing has been read from it yet. Half-open is allowed: the client's end does not end our side. */
  readonly stream: Socket;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Which of the addresses it came by: 0 for that of `listen`, and from 1 on those of `alsoListen`. */
  readonly entrance: number;
  /** Its place on the scoreboard. */
  readonly seat: Seat;
}

/** What a runner runs. It may be FTP, HTTP or anything else that speaks over a connection; runners cannot tell. */
export interface Service extends AsyncDisposable {
  /** Serves one client until it leaves. Never rejects: one client's trouble is not the runner's. */
  serve(connection: ControlConnection): Promise<void>;
  /** Says goodbye to idle clients now and to each busy one when its work is done; whoever still comes is turned away. */
  drain(): void;
  /**
   * Goes on with other options, checked like those before, as far as they can change while it runs; what cannot, stays. Clients
   * who are there are not disturbed. Absent: nothing can.
   */
  reconfigure?(options: JsonValue): void;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Why a client is not served: too many in all, of its address, of its user; or it guessed passwords. */
export type Refusal = 'too-many' | 'too-many-of-address' | 'too-many-of-user' | 'banned';

export type RefusalTexts = Readonly<Partial<Record<Refusal, string>>>;

/** The recipe for a service: plain data, so that it crosses to a process or a thread. */
export interface ServiceSpec {
  /** URL of a module that exports createService. */
  readonly module: string;
  readonly options: JsonValue;
  /** What a client is told that is not let in, in the service's protocol; without it, the connection is just closed. */
  readonly refusals?: RefusalTexts;
  /** The same for who came by an address of `alsoListen` (default: the same texts). */
  readonly refusalsElsewhere?: RefusalTexts;
  /** Its module exports createRequestWorker. Without one, all is done where the connections are. */
  readonly runsRequestsElsewhere?: true;
}

/** What the module of a ServiceSpec exports. */
export interface ServiceModule {
  createService(options: JsonValue, host: ServiceHost): Promise<Service>;
  /**
   * Reads, synchronously, what the service will need of files that it may not open later. Called in processes that are about
   * to be confined, where the module is CommonJS: ES modules are loaded by threads that would then be free.
   */
  beforeConfinement?(): void;
  /** The far side of `ServiceHost.requests`, made once in each thread of the pool. */
  createRequestWorker?(options: JsonValue): Promise<RequestWorker>;
}

/** What a service gets from the place where it runs. */
export interface ServiceHost {
  readonly place: Place;
  /** Everybody who is served, in whatever unit. */
  readonly board: Board;
  /** Whom to ask before a port is bound that other units may want as well; absent: there are none. */
  readonly ports?: PortExchange;
  /** Limits that are shared with other units; absent: there are none. */
  readonly rates?: Rates;
  /** Threads that take requests off this event loop; absent: everything runs here. */
  readonly requests?: RequestPool;
  /** Text of a file that this process may not open, if it is one of Confinement.readByParent; absent: nothing is confined. */
  readonly readFile?: (path: string) => Promise<string>;
}

/** Runs single requests elsewhere, while their connections stay here. */
export interface RequestPool {
  /** Every request, or only those that would keep an event loop busy for long. */
  readonly which: 'all' | 'heavy';
  /**
   * @param request for the RequestWorker: whatever can be cloned. @param port its line to this side; given away.
   * @throws Error when the thread dies, or the queue of the pool is full.
   */
  run(request: unknown, port: MessagePort): Promise<void>;
}

/** The part of a service that runs in a pool's thread. */
export interface RequestWorker extends AsyncDisposable {
  /** Fulfilled when the request is done; all that it has to say went over the port before. Closes the port. */
  run(request: unknown, port: MessagePort): Promise<void>;
}

/** Makes the service of a recipe, in the process and thread that will run it. */
export async function loadService({ module, options }: ServiceSpec, host: ServiceHost): Promise<Service> {
  const { createService } = await loadModule(module);
  return createService(options, host);
}

/**
 * Loads the module of a recipe. CommonJS, as the services of this package are bundled, by require(): import() would first
 * have to set up its loader, and that is a quarter of what the start of a thread costs.
 */
export async function loadModule(url: string): Promise<ServiceModule> {
  return loadModuleNow(url) ?? ((await import(url)) as ServiceModule);
}

/** The same without waiting, and without a thread of libuv's pool. @returns undefined for ES modules. */
export function loadModuleNow(url: string): ServiceModule | undefined {
  return url.endsWith('.cjs') ? (createRequire(import.meta.url)(fileURLToPath(url)) as ServiceModule) : undefined;
}
