import { join, resolve } from 'node:path';
import { descriptorLimit } from '../../src/posix/resource-limits.ts';
import { measureLimits } from '../load/client-limit.ts';
import type { BenchRecord, ClientLimit, Run } from '../record/record.ts';
import { writeRecord } from '../record/record-file.ts';
import { summarize } from '../record/summarize.ts';
import { formatFigure } from '../report/format-figure.ts';
import { reportMarkdown } from '../report/report-markdown.ts';
import { type Observer, runBench } from '../run/bench.ts';
import { type BenchPlan, countTurns, driversOf, secondsOfTurn } from '../run/bench-plan.ts';
import { type Item, withinDescriptors } from '../run/schedule.ts';
import { Stage } from '../run/stage.ts';
import { workloads } from '../workloads/registry.ts';
import { chooseContestants, chooseItems } from './choice.ts';
import { interruption } from './interruption.ts';
import { UsageError } from './names.ts';
import { PROJECT, shownPath } from './paths.ts';
import { type Progress, progressOn, spoken } from './progress.ts';
import { writeReports } from './write-reports.ts';

const INTERRUPTED = 130;

export interface RunFlags {
  readonly full?: boolean;
  readonly architectures?: readonly string[];
  readonly workloads?: readonly string[];
  readonly peers?: readonly string[] | true;
  readonly duration?: number;
  readonly connections?: number;
  readonly repetitions?: number;
  readonly output?: string;
  readonly files?: string;
  readonly list?: boolean;
}

/** @returns the exit code. */
export async function runCommand(flags: RunFlags, commandLine: readonly string[]): Promise<number> {
  if (flags.list) return listWorkloads();
  if (process.platform !== 'linux') throw new UsageError('measures by proc(5), which only Linux has');
  const notes: string[] = [];
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const note = (text: string) => {
    notes.push(text);
    say(text);
  };
  const contestants = await chooseContestants(flags.architectures, flags.peers, note);
  const { full = false, duration: seconds, connections: clients, repetitions } = flags;
  const wishes = {
    full,
    ...(seconds !== undefined && { seconds }),
    ...(clients !== undefined && { clients }),
    ...(repetitions !== undefined && { repetitions }),
  };
  const items = withinDescriptors(chooseItems(flags.workloads, wishes), descriptorLimit(), note);
  const plan: BenchPlan = { contestants, items };
  const expected = items.reduce((sum, item) => sum + secondsOfTurn(item) * countTurns(plan, item), 0);
  say(`${contestants.length} candidates, ${items.length} workloads: about ${spoken(expected)}`);

  await using stage = await Stage.open(flags.files);
  await stage.prepare(
    items.flatMap(({ workload }) => workload.files),
    Math.max(...items.map(storedOctets)),
  );
  const limits = await measureLimits(driversOf(plan));
  say(`The load clients can do at the most: ${limits.map(spokenLimit).join(', ')}`);
  const progress = progressOn(process.stdout, expected);
  using abandon = interruption(() =>
    progress.say('Coming to an end: what has been measured so far is written. Ctrl-C again does not wait.'),
  );
  const observer = observing(plan, progress);
  const record = await runBench({ plan, stage, observer, abandon, commandLine, limits, notes });
  progress.end();
  return finish(record, flags.output);
}

async function finish(record: BenchRecord, output: string | undefined): Promise<number> {
  const summary = summarize(record);
  process.stdout.write(`\n${reportMarkdown(record, summary)}\n`);
  const results = await writeRecord(output === undefined ? join(PROJECT, 'bench/results') : resolve(output), record);
  const { page, markdown } = await writeReports(record, summary, output);
  process.stdout.write(
    `The report:     ${shownPath(page)}\nThe same as text: ${shownPath(markdown)}\nThe results:    ${shownPath(results)}\n`,
  );
  return record.status === 'interrupted' ? INTERRUPTED : 0;
}

const storedOctets = ({ workload }: Item) => workload.storedOctets ?? 0;

function observing(plan: BenchPlan, progress: Progress): Observer {
  let done = 0;
  return {
    begins: (item, { candidate, clients, repetition }) => {
      const who = candidate.contestant.record.name;
      progress.update(
        done,
        `${item.workload.title}, ${repetition + 1} of ${item.extent.repetitions} · ${who}, ${clients}`,
      );
    },
    ended: (item, run) => {
      done += secondsOfTurn(item);
      if (run.outcome === 'failed' || run.outcome === 'wrong') {
        progress.say(`  ${item.workload.name} · ${run.candidate}, ${run.clients}: ${run.outcome}, ${run.trouble}`);
      }
    },
    done: (item, runs) => progress.say(headline(item, runs, plan)),
  };
}

/** Who is ahead, in a line. */
function headline({ workload, extent }: Item, runs: readonly Run[], { contestants }: BenchPlan): string {
  const [figure] = workload.figures;
  const ranked = contestants
    .map(({ record: { name } }) => ({ name, value: medianOf(runs, name, figure.key, extent.headlineClients) }))
    .filter((each): each is { name: string; value: number } => each.value !== undefined)
    .toSorted((a, b) => (figure.better === 'more' ? b.value - a.value : a.value - b.value));
  const shown = ranked.slice(0, 3).map(({ name, value }) => `${name} ${formatFigure(value, figure.unit)}`);
  return `${workload.title}: ${shown.join(', ') || 'nothing measured'}`;
}

function medianOf(runs: readonly Run[], candidate: string, key: string, clients: number): number | undefined {
  const values = runs
    .filter((run) => run.candidate === candidate && run.clients === clients && run.outcome === 'ok')
    .map(({ figures }) => figures[key])
    .filter((value) => value !== undefined)
    .toSorted((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

function spokenLimit({ driver, title, perSecond, unit }: ClientLimit): string {
  return `${title} ${formatFigure(perSecond, unit)} (${driver})`;
}

function listWorkloads(): number {
  for (const { name, question, quick } of workloads) {
    process.stdout.write(`${name.padEnd(18)} ${question}${quick ? '' : ' (--full)'}\n`);
  }
  return 0;
}
