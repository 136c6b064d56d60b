import { distribution } from '../../measure/percentiles.ts';
import { settledMemoryOf } from '../../measure/process-memory.ts';
import { IdleCrowd } from '../idle-crowd.ts';
import type { Measurement } from '../report.ts';
import type { Stage, Workload } from './workload.ts';

const MIB = 2 ** 20;
const BOUND_MIB = 3;
const WARM_UPS = 3;

/**
 * What clients that do nothing take of our memory, over the server that has had as many and has none: several times, since V8
 * keeps now more and now less of what it has got.
 */
export const idleMemory: Workload = {
  name: 'idle-memory',

  async *run(stage: Stage): AsyncGenerator<Measurement> {
    const { clients } = stage.sizes;
    for (const own of stage.ours.filter(({ servesAll }) => servesAll)) {
      await using server = await stage.start(own);
      // What is loaded and compiled at the first logins is not theirs; and V8 takes some rounds to find its size.
      for (let round = 0; round < WARM_UPS; round++) {
        await (await IdleCrowd.gather(server, clients))[Symbol.asyncDispose]();
        await residentBytes(server.pids);
      }
      const grown: number[] = [];
      for (let round = 0; round < stage.rounds; round++) {
        const empty = await residentBytes(server.pids);
        await using _crowd = await IdleCrowd.gather(server, clients);
        grown.push((await residentBytes(server.pids)) - empty);
      }
      stage.note(`    runs: ${grown.map((bytes) => (bytes / MIB).toFixed(2)).join(' ')}`);
      yield {
        name: `RSS of ${own.name} with ${clients} idle clients, over empty`,
        value: distribution(grown).p50 / MIB,
        unit: 'MiB',
        ...(own.isBound && { bound: BOUND_MIB }),
      };
    }
  },
};

async function residentBytes(pids: readonly number[]): Promise<number> {
  const memory = await Promise.all(pids.map((pid) => settledMemoryOf(pid)));
  return memory.reduce((sum, { rssBytes }) => sum + rssBytes, 0);
}
