import type { Socket } from 'node:net';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A client that has just connected. */
export interface ControlConnection {
  /** Nothing has been read from it yet. Half-open is allowed: the client's end does not end our side. */
  readonly stream: Socket;
  readonly local: Endpoint;
  readonly remote: Endpoint;
}

/** What a runner runs. It may be FTP, HTTP or anything else that speaks over a connection; runners cannot tell. */
export interface Service extends AsyncDisposable {
  /** Serves one client until it leaves. Never rejects: one client's trouble is not the runner's. */
  serve(connection: ControlConnection): Promise<void>;
  /** Says goodbye to idle clients now and to each busy one when its work is done; whoever still comes is turned away. */
  drain(): void;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** The recipe for a service: plain data, so that it crosses to a process or a thread. */
export interface ServiceSpec {
  /** URL of a module that exports createService. */
  readonly module: string;
  readonly options: JsonValue;
}

/** What the module of a ServiceSpec exports. */
export interface ServiceModule {
  createService(options: JsonValue): Promise<Service>;
}

/** Makes the service of a recipe, in the process and thread that will run it. */
export async function loadService({ module, options }: ServiceSpec): Promise<Service> {
  const { createService } = (await import(module)) as ServiceModule;
  return createService(options);
}
