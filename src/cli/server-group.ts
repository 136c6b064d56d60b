import type { RunnerStats, RunningServer } from '../runtime/runner.ts';
import type { Endpoint } from '../runtime/service.ts';
import { Barrier } from './barrier.ts';

/** Starts one server. @param onListening for its RunOptions, if it is given. */
type StartServer = (onListening: (() => Promise<void>) | undefined) => Promise<RunningServer>;

/** Several servers that are started and stopped as one. */
export class ServerGroup {
  readonly #servers: readonly RunningServer[];

  private constructor(servers: readonly RunningServer[]) {
    this.#servers = servers;
  }

  /**
   * @param allListening what is to be done when all of them listen, and none has started anything yet that serves.
   * @throws what the first one throws that cannot be started, or `allListening`; all are closed then.
   */
  static async start(starts: readonly StartServer[], allListening?: () => void | Promise<void>): Promise<ServerGroup> {
    const barrier = allListening && new Barrier(starts.length, allListening);
    const failures: unknown[] = [];
    const started = await Promise.all(
      starts.map((start) =>
        startBehind(barrier, start).catch((error: unknown) => {
          failures.push(error);
          // The others would wait for this one.
          barrier?.break(error);
          return undefined;
        }),
      ),
    );
    const servers = started.filter((server) => server !== undefined);
    if (failures.length === 0) return new ServerGroup(servers);
    await Promise.all(servers.map((server) => server.close({ graceMs: 0 })));
    throw failures[0];
  }

  get addresses(): readonly Endpoint[] {
    return this.#servers.map(({ address }) => address);
  }

  /** The one of that index. */
  of(index: number): RunningServer | undefined {
    return this.#servers[index];
  }

  stats(): RunnerStats {
    const all = this.#servers.map((server) => server.stats());
    return {
      connected: all.reduce((sum, { connected }) => sum + connected, 0),
      served: all.reduce((sum, { served }) => sum + served, 0),
    };
  }

  async close(options?: { readonly graceMs?: number }): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close(options)));
  }
}

async function startBehind(barrier: Barrier | undefined, start: StartServer): Promise<RunningServer> {
  if (!barrier) return start(undefined);
  let arrived = false;
  const server = await start(() => {
    arrived = true;
    return barrier.arrive();
  });
  if (arrived) return server;
  await server.close({ graceMs: 0 });
  throw new Error('this architecture does not tell when it listens (RunOptions.onListening)');
}
