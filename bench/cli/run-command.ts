import { join, resolve } from 'node:path';
import { descriptorLimit } from '../../src/posix/resource-limits.ts';
import { measureLimits } from '../load/client-limit.ts';
import type { BenchRecord, ClientLimit } from '../record/record.ts';
import { writeRecord } from '../record/record-file.ts';
import { summarize } from '../record/summarize.ts';
import { formatDuration, formatFigure } from '../report/format-figure.ts';
import { runBench } from '../run/bench.ts';
import { type BenchPlan, countTurns, driversOf, secondsOfTurn } from '../run/bench-plan.ts';
import { type Item, withinDescriptors } from '../run/schedule.ts';
import { Stage } from '../run/stage.ts';
import { workloads } from '../workloads/registry.ts';
import { chooseContestants, chooseItems } from './choice.ts';
import { interruption } from './interruption.ts';
import { UsageError } from './names.ts';
import { observing } from './observing.ts';
import { PROJECT, shownPath } from './paths.ts';
import { progressOn } from './progress.ts';
import { writeReports } from './write-reports.ts';

const INTERRUPTED = 130;
const COMING_TO_AN_END = 'Coming to an end: what has been measured so far is written. Ctrl-C again does not wait.';
/** Of architectures that are as good, so many are named. */
const NAMED = 3;

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
  say(`${contestants.length} candidates, ${items.length} workloads: about ${formatDuration(expected)}`);

  let speak: (line: string) => void = say;
  using abandon = interruption(() => speak(COMING_TO_AN_END));
  await using stage = await Stage.open(flags.files);
  await stage.prepare(
    items.flatMap(({ workload }) => workload.files),
    Math.max(...items.map(storedOctets)),
  );
  const limits = await measureLimits(driversOf(plan));
  say(`The load clients can do at the most: ${limits.map(spokenLimit).join(', ')}`);
  const progress = progressOn(process.stdout, expected);
  speak = (line) => progress.say(line);
  let record: BenchRecord;
  try {
    const observer = observing(plan, progress);
    record = await runBench({ plan, stage, observer, abandon, commandLine, limits, notes });
  } finally {
    progress.end();
  }
  return finish(record, flags.output);
}

async function finish(record: BenchRecord, output: string | undefined): Promise<number> {
  const summary = summarize(record);
  const results = await writeRecord(output === undefined ? join(PROJECT, 'bench/results') : resolve(output), record);
  const { page, markdown } = await writeReports(record, summary, output);
  const advice = summary.advice.filter(({ choice }) => choice.length > 0);
  const lines = [
    '',
    ...advice.map(({ situation, choice }) => `${situation}: ${choice.slice(0, NAMED).join(', ')}`),
    '',
    `The report:       ${shownPath(page)}`,
    `The same as text: ${shownPath(markdown)}`,
    `The results:      ${shownPath(results)}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return record.status === 'interrupted' ? INTERRUPTED : 0;
}

const storedOctets = ({ workload }: Item) => workload.storedOctets ?? 0;

function spokenLimit({ driver, title, perSecond, unit }: ClientLimit): string {
  return `${title} ${formatFigure(perSecond, unit)} (${driver})`;
}

function listWorkloads(): number {
  for (const { name, question, quick } of workloads) {
    process.stdout.write(`${name.padEnd(18)} ${question}${quick ? '' : ' (--full)'}\n`);
  }
  return 0;
}
