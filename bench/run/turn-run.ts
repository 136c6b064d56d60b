/** One turn: clients are sent to a server, both are watched, and what came of it is a run of the record. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningCandidate } from '../candidates/running-candidate.ts';
import { sha256OfFile } from '../files/source-file.ts';
import { limitShare } from '../load/client-limit.ts';
import type { LoadResult } from '../load/plan.ts';
import { storedSha256 } from '../load/store-pattern.ts';
import { memoryOfAll } from '../measure/process-memory.ts';
import { TreeSampler } from '../measure/tree-sampler.ts';
import type { Run, Timeline } from '../record/record.ts';
import type { Extent, Loads, Outcomes, Uploads, Workload } from '../workloads/workload.ts';
import type { Crowd } from './crowd.ts';
import type { Item, Turn } from './schedule.ts';
import type { Stage } from './stage.ts';

/** What was done for a run: the part of it that is measured. */
export type Measured = Omit<Run, 'workload' | 'candidate' | 'clients' | 'repetition' | 'atSeconds'>;

/** Those who put load on the servers; they stay for all turns, so that what they have compiled is not measured. */
export interface Crowds {
  readonly measured: Crowd;
  readonly beside: Crowd;
}

export interface TurnSetting {
  readonly item: Item;
  readonly turn: Pick<Turn<unknown>, 'clients' | 'repetition'>;
  readonly server: RunningCandidate;
  readonly stage: Stage;
  readonly crowds: Crowds;
}

/** @throws Error that says for people what the candidate failed at. */
export async function runTurn(setting: TurnSetting): Promise<Measured> {
  const { item, turn, server, stage, crowds } = setting;
  const { workload, extent } = item;
  const loads = workload.loads({
    server: { address: server.address, port: server.port },
    clients: turn.clients,
    seconds: extent.seconds,
    warmUpSeconds: warmUpSeconds(extent, turn),
    pathOf: (name) => server.pathOf(name),
    sha256Of: (name) => stage.sha256Of(name),
  });
  try {
    const emptyPssBytes = workload.weighsClients ? await weighEmpty(setting, loads) : undefined;
    if (loads.beside) await crowds.beside.prepare(loads.beside);
    await crowds.measured.prepare(loads.measured);
    const seen = await observe(setting, loads, emptyPssBytes);
    await server.quiet();
    const wrong = seen.measured.wrong ?? seen.beside?.wrong ?? (await wrongUpload(server, seen.measured, loads));
    return describe(setting, seen, wrong);
  } finally {
    await Promise.all([crowds.measured.leave(), crowds.beside.leave()]);
    for (const name of allNames(loads.uploads)) await rm(join(server.files, name), { force: true });
  }
}

/** At the first time a server compiles what it will need at all others. */
function warmUpSeconds(extent: Extent, { repetition }: Pick<Turn<unknown>, 'repetition'>): number {
  return extent.warmUpSeconds * (repetition === 0 && extent.repetitions > 1 ? FIRST_WARM_UP : 1);
}

const FIRST_WARM_UP = 3;

/**
 * One client comes and leaves, so that what a server loads for the first one is not counted as the clients'. No more than one:
 * what a server keeps of a crowd that has left is what the next crowd takes, and would not be seen.
 * @returns what the server takes then (PSS).
 */
async function weighEmpty({ server, crowds }: TurnSetting, { beside }: Loads): Promise<number> {
  await crowds.beside.prepare({ ...beside!, clients: 1 });
  await crowds.beside.leave();
  await server.quiet();
  return (await memoryOfAll(server.pids)).pssBytes;
}

/** What was seen while it was measured. */
type Seen = Outcomes & {
  readonly crash?: string;
  /** The server has been started again: nobody has looked at the new one. */
  readonly replaced: boolean;
};

async function observe(setting: TurnSetting, loads: Loads, emptyPssBytes: number | undefined): Promise<Seen> {
  const { crowds, server, turn } = setting;
  const { crashAfterSeconds } = setting.item.workload;
  const beside = loads.beside && crowds.beside.run();
  // Told when it is stopped.
  beside?.catch(() => {});
  let sampler: TreeSampler | undefined;
  const { pid } = server;
  let crash: Promise<string> | undefined;
  const running = crowds.measured.run(() => {
    sampler = TreeSampler.start(server.pid);
    if (crashAfterSeconds !== undefined) crash = crashLater(server, crashAfterSeconds, running);
  });
  const measured = await running;
  const text = await crash;
  // The clients are still there: what they have of the server's memory is theirs.
  const use = await sampler!.stop();
  const others = beside && (await crowds.beside.stop());
  return {
    measured,
    server: use,
    clients: turn.clients,
    replaced: server.pid !== pid,
    ...(emptyPssBytes !== undefined && { emptyPssBytes }),
    ...(others && { beside: others }),
    ...(text !== undefined && { crash: text, crashedAtMs: crashAfterSeconds! * 1000 }),
  };
}

/** Ends a unit, and starts the server again if that was all of it. @param over settled when nobody looks any more. @returns what happened, in words. */
async function crashLater(server: RunningCandidate, seconds: number, over: Promise<unknown>): Promise<string> {
  await delay(seconds * 1000);
  const what = server.endUnit();
  const ended = await Promise.race([
    server.ended.then(() => true),
    over.then(
      () => false,
      () => false,
    ),
  ]);
  if (!ended) return what;
  await server.restart();
  return `${what}: the server is gone, and is started again`;
}

function allNames(uploads: Uploads | undefined): readonly string[] {
  return uploads ? [...uploads.prepared, ...uploads.names] : [];
}

/** @returns what is wrong with what the clients have stored; undefined when nothing is. */
async function wrongUpload(
  server: RunningCandidate,
  { latencyCount: acknowledged, errors }: LoadResult,
  { uploads }: Loads,
): Promise<string | undefined> {
  // Where one has failed, that is told, and nobody knows which.
  if (!uploads || Object.keys(errors).length > 0) return undefined;
  const { prepared, octets } = uploads;
  const names = [...prepared, ...uploads.names.slice(0, acknowledged)];
  for (const name of names) {
    const size = (await stat(join(server.files, name)).catch(() => undefined))?.size;
    if (size === undefined) return 'an upload that was acknowledged is not there';
    if (size !== octets) return `an upload has ${size} octets instead of ${octets}`;
  }
  const digest = await sha256OfFile(join(server.files, names.at(-1)!));
  return digest === storedSha256(octets) ? undefined : 'the SHA-256 of an upload is wrong';
}

function describe(setting: TurnSetting, seen: Seen, wrong: string | undefined): Measured {
  const { workload } = setting.item;
  const { measured, server } = seen;
  const trouble = wrong ?? failureOf(workload, seen);
  return {
    outcome: wrong !== undefined ? 'wrong' : trouble !== undefined ? 'failed' : 'ok',
    ...(trouble !== undefined && { trouble }),
    seconds: measured.seconds,
    operations: measured.operations,
    octets: measured.octets,
    figures: figuresOf(workload, seen),
    ...(measured.latencyMs && { latencyMs: measured.latencyMs }),
    latencyCount: measured.latencyCount,
    errors: measured.errors,
    ...(!seen.replaced && { server }),
    client: {
      processes: 1,
      processorSeconds: measured.processorSeconds,
      limitShare: limitShare(measured),
    },
    ...(measured.timeline && { timeline: timelineOf(measured.timeline, seen) }),
  };
}

function figuresOf({ figures }: Workload, seen: Seen): Record<string, number> {
  const values = figures.map(({ key, of }) => [key, of(seen)] as const);
  return Object.fromEntries(values.filter((pair): pair is [string, number] => Number.isFinite(pair[1])));
}

/** Errors are what the crash of a unit is there to show; elsewhere one in a hundred is more than a server may have. */
function failureOf({ crashAfterSeconds, title }: Workload, { measured }: Seen): string | undefined {
  if (measured.operations === 0) return `nothing was done: ${worstOf(measured.errors) ?? title}`;
  const errors = Object.values(measured.errors).reduce((sum, count) => sum + count, 0);
  if (crashAfterSeconds !== undefined || errors <= measured.operations * MOST_ERRORS) return undefined;
  return `${errors} errors beside ${measured.operations} that went well, most often: ${worstOf(measured.errors)}`;
}

const MOST_ERRORS = 0.01;

function worstOf(errors: Readonly<Record<string, number>>): string | undefined {
  return Object.entries(errors).toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function timelineOf(timeline: NonNullable<LoadResult['timeline']>, { crash, crashedAtMs }: Seen): Timeline {
  return { ...timeline, events: crash === undefined ? [] : [{ atMs: crashedAtMs!, text: crash }] };
}
