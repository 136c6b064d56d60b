/**
 * The FTP service in units that can be ended from outside. A process can be killed; a thread cannot, so it listens for the
 * word and ends itself at once, in the middle of whatever it does. The channel reaches all threads of a process.
 */
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';
import type { JsonValue, RequestWorker, Service, ServiceHost, ServiceModule } from '../../src/index.ts';

const CHANNEL = 'end of a thread';

/** One thread by its number, or whichever runs a request. */
type Victim = number | 'running';

export interface MortalOptions {
  /** URL of the module of the real service, and its options. */
  readonly module: string;
  readonly options: JsonValue;
}

export async function createService(options: JsonValue, host: ServiceHost): Promise<Service> {
  const mortal = options as unknown as MortalOptions;
  endWhenTold((victim) => victim === threadId);
  const real = (await import(mortal.module)) as ServiceModule;
  return real.createService(mortal.options, host);
}

export async function createRequestWorker(options: JsonValue): Promise<RequestWorker> {
  const mortal = options as unknown as MortalOptions;
  const real = (await import(mortal.module)) as ServiceModule;
  const worker = await real.createRequestWorker!(mortal.options);
  let running = 0;
  endWhenTold((victim) => victim === 'running' && running > 0);
  return {
    async run(request, port) {
      running += 1;
      try {
        await worker.run(request, port);
      } finally {
        running -= 1;
      }
    },
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  };
}

/** Tells all threads of this process who is to end. */
export function endThread(victim: Victim): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(victim);
  channel.close();
}

function endWhenTold(concerns: (victim: Victim) => boolean): void {
  if (isMainThread) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: { data: unknown }) => {
    if (concerns(data as Victim)) process.exit(9);
  };
  channel.unref();
}
