/** Experiments on what is said of architectures and of the system calls that they are made of: npm run bench:claims */
import { runBench } from '../promises/report.ts';
import type { Experiment } from './experiment.ts';
import { listenQueue } from './listen-queue.ts';
import { multiplexing } from './multiplexing.ts';
import { nagle } from './nagle.ts';
import { occupied } from './occupied.ts';
import { parallelHash } from './parallel-hash.ts';
import { readSizes } from './read-sizes.ts';
import { workerMemory } from './worker-memory.ts';

/** By the word that the command line has for each. */
const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  'worker-memory': workerMemory,
  'parallel-hash': parallelHash,
  occupied,
  'read-sizes': readSizes,
  nagle,
  'listen-queue': listenQueue,
  multiplexing,
};

// What the experiments have started ends with this process, if that ends by itself and not by a signal.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code));

await runBench(
  {
    title: 'Claims of the book',
    description: `
Looks into what "Working with TCP Sockets" says of architectures, where the workloads of \`npm run bench\` do not show it. The
numbers B1 to B23 are those of docs/benchmarks.md. Values are medians of rounds in which everything has its turn. B10, that the
kernel shares clients out among preforked children, has a benchmark of its own: \`npm run bench:prefork-balance\`.`,
    numbers: { scale: { default: 1, description: 'times as many rounds as usual' } },
    choices: Object.fromEntries(Object.entries(EXPERIMENTS).map(([name, { title }]) => [name, title])),
  },
  async function* (number, note, _lists, chosen) {
    for (const name of chosen) {
      note(`\n${name}: ${EXPERIMENTS[name]!.title}`);
      try {
        yield* EXPERIMENTS[name]!.run(number('scale'));
      } catch (error) {
        // The others can be run all the same.
        yield { name, value: `failed: ${(error as Error).message}`, bound: 'done' };
      }
    }
  },
);
