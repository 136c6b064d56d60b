/** What it takes to watch a server: run with --help. */
import { setTimeout as delay } from 'node:timers/promises';
import { TreeSampler } from '../measure/tree-sampler.ts';
import { ProcessCrowd } from './process-crowd.ts';
import { runBench } from './report.ts';

const PERCENT_OF_A_CORE = 1;
/** What the first looks take is not what later ones do: V8 compiles them meanwhile. */
const FIRST_LOOKS = 20;

await runBench(
  {
    title: 'Overhead of sampling',
    description: `
Starts a tree of processes of Node that do nothing, each with its dozen threads, and watches it as the bench watches a
server. What this process takes of the processors meanwhile is compared with what it takes when it waits and watches
nothing.`,
    numbers: {
      processes: { default: 100, description: 'processes in the tree' },
      seconds: { default: 30, description: 'for which the tree is watched' },
    },
  },
  async function* (number, note) {
    note(`starting ${number('processes')} processes …\n`);
    await using crowd = await ProcessCrowd.gather(number('processes'));
    for (let look = 0; look < FIRST_LOOKS; look++) TreeSampler.start(crowd.pid)[Symbol.dispose]();

    const nothing = await percentOfACore(number('seconds') / 3);
    const startedAt = process.cpuUsage();
    const sampler = TreeSampler.start(crowd.pid);
    const startMs = millisecondsSince(startedAt);
    const first = sampler.cost;
    const watching = await percentOfACore(number('seconds'));
    const { samples, processorMs } = sampler.cost;
    const stoppedAt = process.cpuUsage();
    const use = await sampler.stop();
    const stopMs = millisecondsSince(stoppedAt);

    yield { name: 'processes seen', value: use.processes, atLeast: number('processes') };
    yield { name: 'threads seen', value: use.threads };
    yield { name: 'samples in between', value: samples - first.samples, atLeast: 1 };
    yield { name: 'one sample', value: (processorMs - first.processorMs) / (samples - first.samples), unit: 'ms' };
    yield { name: 'the first, before the clock starts', value: startMs, unit: 'ms' };
    yield { name: 'the last with memory, after the clock has stopped', value: stopMs, unit: 'ms' };
    yield { name: 'waiting and watching nothing', value: nothing, unit: '% of a core' };
    yield { name: 'overhead of watching', value: watching - nothing, unit: '% of a core', bound: PERCENT_OF_A_CORE };
  },
);

async function percentOfACore(seconds: number): Promise<number> {
  const [usage, begin] = [process.cpuUsage(), performance.now()];
  await delay(seconds * 1000);
  return (millisecondsSince(usage) / (performance.now() - begin)) * 100;
}

function millisecondsSince(usage: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(usage);
  return (user + system) / 1000;
}
