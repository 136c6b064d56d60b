import { offer } from '../../files/source-file.ts';
import type { Measurement } from '../report.ts';
import type { Stage, Workload } from './workload.ts';

const RUN_LIMIT_MS = 60_000;
const FILE_OCTETS = 1024;
const NAME = 'download.bin';
const WARM_UP = 500;
const DOWNLOADS = 2_000;
const BOUND_MS = 1;

/** PASV, TYPE I, SIZE, RETR, one after the other in one session: from the first to the 226. */
export const smallDownload: Workload = {
  name: 'small-download',

  async *run(stage: Stage): AsyncGenerator<Measurement> {
    const source = await stage.source(FILE_OCTETS);
    for (const own of stage.ours) {
      await using server = await stage.start(own);
      await offer(source, server.files, NAME);
      const plan = { script: 'PTSR', sessions: 1, source: source.path, name: server.pathOf(NAME) };
      await stage.load.run(server, { ...plan, repeat: WARM_UP }, RUN_LIMIT_MS);
      const { p50Seconds, p99Seconds } = await stage.load.run(server, { ...plan, repeat: DOWNLOADS }, RUN_LIMIT_MS);
      const title = `PASV, TYPE, SIZE, RETR 1 KB of ${own.name}`;
      yield { name: `${title}, p50`, value: p50Seconds * 1e3, unit: 'ms', ...(own.isBound && { bound: BOUND_MS }) };
      yield { name: `${title}, p99`, value: p99Seconds * 1e3, unit: 'ms' };
    }
  },
};
