/** The whole of it: all workloads, all candidates, in turn. */

import { loadavg } from 'node:os';
import { environment } from '../measure/environment.ts';
import { type BenchRecord, type ClientLimit, RECORD_FORMAT, type Run, type WorkloadRecord } from '../record/record.ts';
import type { BenchPlan } from './bench-plan.ts';
import { Crowd } from './crowd.ts';
import { Place, startAll } from './field.ts';
import { type Item, type Turn, turnsOf } from './schedule.ts';
import type { Stage } from './stage.ts';
import { type Crowds, type Measured, runTurn } from './turn-run.ts';

/** Says that the bench is to come to an end: what is being measured then does not count. */
export type Abandon = Pick<AbortSignal, 'aborted' | 'addEventListener' | 'removeEventListener'>;

/** Told how it goes. */
export interface Observer {
  begins(item: Item, turn: Turn<Place>): void;
  ended(item: Item, run: Run): void;
  /** All turns of a workload are done. */
  done(item: Item, runs: readonly Run[]): void;
}

export interface BenchSetting {
  readonly plan: BenchPlan;
  readonly stage: Stage;
  readonly observer: Observer;
  readonly abandon: Abandon;
  readonly commandLine: readonly string[];
  /** Of the load clients, measured before. */
  readonly limits: readonly ClientLimit[];
  readonly notes: readonly string[];
}

/** @returns what was measured until it was done, or to be abandoned. */
export async function runBench(setting: BenchSetting): Promise<BenchRecord> {
  const { plan, stage, abandon, commandLine, limits, notes } = setting;
  const began = new Date();
  const surroundings = await environment(stage.folder);
  const runs: Run[] = [];
  const bench = new Bench(setting, began, runs);
  try {
    for (const item of plan.items) if (!abandon.aborted) await bench.carryOut(item);
  } finally {
    await bench[Symbol.asyncDispose]();
  }
  return {
    format: RECORD_FORMAT,
    began: began.toISOString(),
    ended: new Date().toISOString(),
    status: abandon.aborted ? 'interrupted' : 'complete',
    commandLine,
    environment: { ...surroundings, loadAfter: loadavg()[0]! },
    candidates: plan.contestants.map(({ record }) => record),
    workloads: plan.items.map(workloadRecord),
    limits,
    runs,
    notes,
  };
}

class Bench implements AsyncDisposable {
  readonly #setting: BenchSetting;
  readonly #began: number;
  readonly #runs: Run[];
  readonly #crowds: Crowds = { measured: new Crowd(), beside: new Crowd() };

  constructor(setting: BenchSetting, began: Date, runs: Run[]) {
    this.#setting = setting;
    this.#began = began.getTime();
    this.#runs = runs;
  }

  async carryOut(item: Item): Promise<void> {
    const { plan, stage, observer, abandon } = this.#setting;
    const { workload, extent } = item;
    const clients = Math.max(...extent.clients);
    const places = plan.contestants.map((contestant) => new Place(contestant, stage, workload, clients));
    const first = this.#runs.length;
    try {
      if (!workload.freshServer)
        await startAll(places.filter(({ contestant }) => !contestant.exemptFrom(workload, clients)));
      for (const turn of turnsOf(extent, places)) {
        if (abandon.aborted) return;
        observer.begins(item, turn);
        const measured = await this.#take(item, turn);
        // What an end has cut short says nothing.
        if (abandon.aborted) return;
        const run = this.#runOf(item, turn, measured);
        this.#runs.push(run);
        observer.ended(item, run);
      }
    } finally {
      await Promise.all(places.map((place) => place[Symbol.asyncDispose]()));
      observer.done(item, this.#runs.slice(first));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#crowds).map((crowd: Crowd) => crowd[Symbol.asyncDispose]()));
  }

  async #take(item: Item, turn: Turn<Place>): Promise<Measured> {
    const { workload } = item;
    const place = turn.candidate;
    const exempt = place.contestant.exemptFrom(workload, turn.clients);
    if (exempt !== undefined) return without('skipped', exempt);
    const givenUp = place.givenUpAt(turn.clients);
    if (givenUp !== undefined) return without('failed', `not tried again: ${givenUp}`);
    const began = performance.now();
    const failed = (trouble: string) => place.failed(turn.clients, trouble, (performance.now() - began) / 1000);
    try {
      const measured = await this.#measure(item, turn);
      if (measured.outcome !== 'ok') await failed(measured.trouble!);
      else if (workload.freshServer) await place.stop();
      return measured;
    } catch (error) {
      const trouble = (error as Error).message;
      await failed(trouble);
      return without('failed', trouble);
    }
  }

  async #measure(item: Item, turn: Turn<Place>): Promise<Measured> {
    const place = turn.candidate;
    const server = await place.server();
    const end = () => void this[Symbol.asyncDispose]();
    this.#setting.abandon.addEventListener('abort', end);
    try {
      return await runTurn({
        item,
        turn,
        server,
        stage: this.#setting.stage,
        crowds: this.#crowds,
      });
    } finally {
      this.#setting.abandon.removeEventListener('abort', end);
    }
  }

  #runOf({ workload }: Item, { candidate, clients, repetition }: Turn<Place>, measured: Measured): Run {
    return {
      workload: workload.name,
      candidate: candidate.contestant.record.name,
      clients,
      repetition,
      atSeconds: (Date.now() - this.#began) / 1000,
      ...measured,
    };
  }
}

function without(outcome: 'failed' | 'skipped', trouble: string): Measured {
  return { outcome, trouble, figures: {}, errors: {} };
}

function workloadRecord({ workload, extent }: Item): WorkloadRecord {
  const { name, title, question, method, group, figures, claims, latencyOf } = workload;
  const { clients, headlineClients, repetitions, seconds } = extent;
  return {
    name,
    title,
    question,
    method,
    group,
    figures: figures.map(({ key, title, unit, better }) => ({ key, title, unit, better })),
    clients,
    headlineClients,
    repetitions,
    seconds,
    ...(latencyOf !== undefined && { latencyOf }),
    claims,
  };
}
