/** The bench as it is built: Node 20 cannot load TypeScript in the processes that it starts. */
const from = (path: string) => import(new URL(`../../dist/bench/${path}.js`, import.meta.url).href);

const [{ runBench }, { Stage }, { ownContestant }, { workloads }] = (await Promise.all([
  from('run/bench'),
  from('run/stage'),
  from('run/contestant'),
  from('workloads/registry'),
])) as [
  typeof import('../../bench/run/bench.ts'),
  typeof import('../../bench/run/stage.ts'),
  typeof import('../../bench/run/contestant.ts'),
  typeof import('../../bench/workloads/registry.ts'),
];

export const built = { runBench, Stage, ownContestant, workloads };
