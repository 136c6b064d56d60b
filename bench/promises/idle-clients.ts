/** What an idle client that has logged in costs a server that has ten thousand of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProcessMemory, settledMemoryOf } from '../measure/process-memory.ts';
import { IdleCrowd } from './idle-crowd.ts';
import { type Measurement, runBench } from './report.ts';
import { ServerProcess } from './server-process.ts';

const MIB = 2 ** 20;
const BYTES_PER_CLIENT = 8_000;
/** Besides those of clients: standard streams, the listening socket, the event loop, the root directory. */
const OTHER_DESCRIPTORS = 256;

await runBench(
  {
    title: 'Idle clients',
    description: `
Logs many clients in, which then do nothing, and compares the server's memory with that of the empty server: after its
start, and after some clients have come and gone, so that what is loaded and compiled once is not counted as theirs.
Raises the limit of open files for the server and for the process of the clients as far as the system permits.`,
    numbers: {
      clients: { default: 10_000, description: 'clients that log in' },
      'warm-up': { default: 500, description: 'clients that come and go before' },
    },
  },
  async function* (number, note) {
    const root = await mkdtemp(join(tmpdir(), 'ohai-bench-'));
    try {
      yield* idleClients(root, number('clients'), number('warm-up'), note);
    } finally {
      await rm(root, { recursive: true });
    }
  },
);

async function* idleClients(
  root: string,
  clients: number,
  warmUp: number,
  note: (text: string) => void,
): AsyncGenerator<Measurement> {
  const flags = ['--idle-timeout', '3600'];
  await using server = await ServerProcess.start({ root, descriptors: clients + OTHER_DESCRIPTORS, flags });
  const limit = await server.descriptorLimit();
  if (limit < clients + OTHER_DESCRIPTORS) {
    throw new Error(
      `the system permits ${limit} open files, too few for ${clients} clients: try --clients ${limit - OTHER_DESCRIPTORS}`,
    );
  }
  note(`up to ${limit} open files\n`);
  const started = await settledMemoryOf(server.pid);
  yield* memory('after its start', started);

  await (await IdleCrowd.gather(server, warmUp))[Symbol.asyncDispose]();
  const empty = await settledMemoryOf(server.pid);
  yield* memory(`empty, after ${warmUp} logins`, empty);

  await using _crowd = await IdleCrowd.gather(server, clients);
  const full = await settledMemoryOf(server.pid);
  yield* memory(`with ${clients} idle clients`, full);

  const each = (less: number, more: number) => Math.round((more - less) / clients);
  const bound = { unit: 'bytes', bound: BYTES_PER_CLIENT };
  yield { name: 'each client, RSS over the empty server', value: each(empty.rssBytes, full.rssBytes), ...bound };
  yield { name: 'each client, PSS over the empty server', value: each(empty.pssBytes, full.pssBytes), ...bound };
  yield {
    name: 'each client, RSS over the server after its start',
    value: each(started.rssBytes, full.rssBytes),
    unit: 'bytes',
  };
}

function* memory(when: string, { rssBytes, pssBytes }: ProcessMemory): Generator<Measurement> {
  yield { name: `RSS ${when}`, value: rssBytes / MIB, unit: 'MiB' };
  yield { name: `PSS ${when}`, value: pssBytes / MIB, unit: 'MiB' };
}
