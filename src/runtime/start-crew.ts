import { checkCapacity } from './capacity.ts';
import { confinementOf } from './confinement.ts';
import { Crew } from './crew.ts';
import { KernelListener } from './kernel-listener.ts';
import { Roster } from './roster.ts';
import type { RunningServer, RunOptions } from './runner.ts';
import { RosteredServer } from './running-server.ts';

export interface CrewPolicy {
  /** Child processes, 1…1024. */
  readonly size: number;
  /** URL of the module that exports `inEachChild`, the Policy by which each child accepts and serves. */
  readonly chapter: string;
}

/**
 * Listens here, and starts children that accept from the same socket, each for itself. This process never accepts; it
 * replaces children that die.
 * @throws what makes it impossible to serve, to confine or to listen; nothing stays open then, and no child is left.
 */
export async function startCrew(options: RunOptions, { size, chapter }: CrewPolicy): Promise<RunningServer> {
  checkCapacity({ ...options, workers: size });
  const { listen, alsoListen = [], limits, onError = ignore } = options;
  let { service } = options;
  const confinement = confinementOf(options.confinement, [chapter, service.module]);
  const roster = new Roster(limits);
  const listener = await KernelListener.open([listen, ...alsoListen], onError);
  const listening = { fds: listener.fds, chapter };
  const order = (unit: number) => ({ unit, service, listening, ...(confinement && { confinement }) });
  const crew = new Crew({ size, roster, onError, order });
  try {
    await options.onListening?.(listener.addresses[0]!);
    await crew.start();
  } catch (error) {
    listener.close();
    throw error;
  }
  return new RosteredServer(listener.addresses, roster, {
    reconfigure: (options) => {
      service = { ...service, options };
      crew.units.reconfigure(options);
    },
    stopAccepting: () => {
      crew.stopReplacing();
      listener.shutdown();
    },
    drain: () => crew.units.drain(),
    finished: () => crew.units.finished(),
    endClients: () => crew.units.endClients(),
    giveUp: async () => {
      crew.units.kill();
      await crew.units.finished();
    },
    release: ignore,
  });
}

function ignore(): void {}
