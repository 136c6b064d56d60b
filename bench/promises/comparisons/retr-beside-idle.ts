import type { RunningCandidate } from '../../candidates/running-candidate.ts';
import { offer } from '../../files/source-file.ts';
import { distribution } from '../../measure/percentiles.ts';
import { IdleCrowd } from '../idle-crowd.ts';
import type { Measurement } from '../report.ts';
import type { OwnCandidate, Stage, Workload } from './workload.ts';

const RUN_LIMIT_MS = 60_000;
const AT_LEAST = 0.95;
const NAME = 'download.bin';

/** One client downloads from our server alone, and beside many that do nothing, in turn. */
export const retrBesideIdle: Workload = {
  name: 'retr-beside-idle',

  async *run(stage: Stage): AsyncGenerator<Measurement> {
    for (const own of stage.ours.filter(({ servesAll }) => servesAll)) yield* beside(stage, own);
  },
};

async function* beside(stage: Stage, own: OwnCandidate): AsyncGenerator<Measurement> {
  const source = await stage.source(stage.sizes.mebibytes * 2 ** 20);
  await using alone = await stage.start(own);
  await using crowded = await stage.start(own);
  for (const { files } of [alone, crowded]) await offer(source, files, NAME);
  await using _crowd = await IdleCrowd.gather(crowded, stage.sizes.idle);
  const rateOf = async (server: RunningCandidate): Promise<number> => {
    const plan = { script: 'PTR', sessions: 1, together: true, source: source.path, name: server.pathOf(NAME) };
    const { octets, seconds } = await stage.load.run(server, plan, RUN_LIMIT_MS);
    return octets / 1e9 / seconds;
  };
  const rates: Record<'alone' | 'crowded', number[]> = { alone: [], crowded: [] };
  for (let round = 0; round <= stage.rounds; round++) {
    // Each goes first as often as the other.
    const turns = [['alone', alone] as const, ['crowded', crowded] as const];
    for (const [name, server] of round % 2 === 0 ? turns : turns.toReversed()) {
      const rate = await rateOf(server);
      if (round > 0) rates[name].push(rate);
    }
  }
  const [without, beside] = [distribution(rates.alone).p50, distribution(rates.crowded).p50];
  const title = `RETR of ${own.name} beside ${stage.sizes.idle} idle clients`;
  yield { name: title, value: beside, unit: 'GB/s' };
  yield { name: `${title}, over without`, value: beside / without, ...(own.isBound && { atLeast: AT_LEAST }) };
}
