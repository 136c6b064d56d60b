import type { RunnerStats, RunningServer } from '../runtime/runner.ts';
import type { Endpoint } from '../runtime/service.ts';

/** Several servers that are started and stopped as one. */
export class ServerGroup {
  readonly #servers: readonly RunningServer[];

  private constructor(servers: readonly RunningServer[]) {
    this.#servers = servers;
  }

  /** @throws what the first one throws that cannot be started; the others are closed then. */
  static async start(starts: readonly (() => Promise<RunningServer>)[]): Promise<ServerGroup> {
    const servers: RunningServer[] = [];
    try {
      for (const start of starts) servers.push(await start());
    } catch (error) {
      await Promise.all(servers.map((server) => server.close({ graceMs: 0 })));
      throw error;
    }
    return new ServerGroup(servers);
  }

  get addresses(): readonly Endpoint[] {
    return this.#servers.map(({ address }) => address);
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
