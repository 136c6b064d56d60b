/** One piece of work, done by all candidates in turn. */

import { distribution } from '../../measure/percentiles.ts';
import type { Clients } from '../clients.ts';
import type { LoadPlan } from '../ftp-load.ts';
import type { Measurement } from '../report.ts';
import { Contender, type ContenderRun } from './contender.ts';
import type { OwnCandidate, Sizes, Stage, Workload } from './workload.ts';

/** A client that is busy for more of its time than this may be what limits. */
const CLIENT_LIMIT_SHARE = 0.8;

export interface Bound {
  readonly over: 'vsftpd' | 'bare-node' | 'pyftpdlib' | 'pyftpdlib-prefork' | 'ftp-srv' | 'the best peer';
  /** So many times its rate; without it, the ratio informs. */
  readonly atLeast?: number;
}

/** @typeParam S what the command line may change. */
export interface Comparison<S = Sizes> {
  readonly name: string;
  title(sizes: S): string;
  /** Of the file that is transferred, in octets, where one is. */
  sourceOctets?(sizes: S): number;
  /** Who the clients are, in place of those of the stage. */
  readonly clients?: Clients;
  /** What the clients do, but for the file. */
  plan(sizes: S): Pick<LoadPlan, 'script' | 'sessions' | 'atOnce' | 'together'>;
  /** What is counted by the second. */
  readonly rate: 'GB/s' | 'MB/s' | '/s';
  readonly bounds: readonly Bound[];
  /** What the processor time of the server is told for, and of the clients where it is of a session. */
  readonly processorTimeOf?: 'GiB' | 'session';
  /** At most so many times the processor seconds of vsftpd for a GiB. */
  readonly processorOverVsftpd?: number;
}

export function comparison<S = Sizes>(what: Comparison<S>): Workload<S> {
  return { name: what.name, run: (stage) => compare(what, stage) };
}

async function* compare<S>(what: Comparison<S>, stage: Stage<S>): AsyncGenerator<Measurement> {
  const title = what.title(stage.sizes);
  const field = await compete(what, stage);
  const results = field.map((contender) => resultOf(contender, what));
  for (const [index, result] of results.entries()) {
    yield* describe(title, what, result, index < stage.ours.length);
    const runs = result.runs.map((run) => rateOf(run, what.rate).toPrecision(3));
    if (runs.length > 0) stage.note(`    runs: ${runs.join(' ')}`);
    const negotiated = new Set(result.runs.map((run) => run.negotiated.join('; data: ')).filter(Boolean));
    if (negotiated.size > 0) stage.note(`    negotiated: ${[...negotiated].join(' or ')}`);
  }
  const [ours, peers] = [results.slice(0, stage.ours.length), results.slice(stage.ours.length)];
  for (const [index, own] of ours.entries()) yield* judge(title, what, own, stage.ours[index]!, peers);
}

/** @returns all who took part, ours first, with what they have done or what came between. */
async function compete<S>(what: Comparison<S>, stage: Stage<S>): Promise<Contender[]> {
  const source = what.sourceOctets && (await stage.source(what.sourceOctets(stage.sizes)));
  const field = [...stage.ours, ...stage.peers].map(
    (candidate) => new Contender(candidate, what.plan(stage.sizes), what.clients ?? stage.load, source),
  );
  try {
    for (const contender of field) await contender.enter(stage);
    for (const contender of field) await contender.warmUp(stage.load);
    for (let round = 0; round < stage.rounds; round++) {
      // Who begins changes.
      for (const turn of field.keys()) {
        await field[(turn + round) % field.length]!.compete(stage.load);
      }
    }
    return field;
  } finally {
    for (const contender of field) await contender[Symbol.asyncDispose]();
  }
}

interface Result {
  readonly contender: Contender;
  readonly name: string;
  readonly runs: readonly ContenderRun[];
  /** The rest is NaN when there are no runs. */
  readonly rate: number;
  readonly clientShare: number;
  readonly processorSecondsPerGiB: number;
  readonly processorSecondsPerSession: number;
  readonly clientSecondsPerSession: number;
}

function resultOf(contender: Contender, { rate: unit }: Pick<Comparison, 'rate'>): Result {
  const { name, trouble } = contender;
  const runs = trouble ? [] : contender.runs;
  const middle = (figure: (run: ContenderRun) => number) =>
    runs.length ? distribution(runs.map(figure)).p50 : Number.NaN;
  return {
    contender,
    name,
    runs,
    rate: middle((run) => rateOf(run, unit)),
    clientShare: middle((run) => run.clientProcessorSeconds / run.seconds),
    processorSecondsPerGiB: middle((run) => run.serverProcessorSeconds / (run.octets / 2 ** 30)),
    processorSecondsPerSession: middle((run) => run.serverProcessorSeconds / run.sessions),
    clientSecondsPerSession: middle((run) => run.clientProcessorSeconds / run.sessions),
  };
}

function rateOf({ octets, sessions, seconds }: ContenderRun, unit: Comparison['rate']): number {
  switch (unit) {
    case 'GB/s':
      return octets / 1e9 / seconds;
    case 'MB/s':
      return octets / 1e6 / seconds;
    case '/s':
      return sessions / seconds;
  }
}

function* describe(
  title: string,
  what: Pick<Comparison, 'rate' | 'processorTimeOf'>,
  result: Result,
  own: boolean,
): Generator<Measurement> {
  const { contender, name, rate, clientShare } = result;
  if (contender.trouble) {
    // Others may fail; wrong octets are never let pass, nor is a failure of our own.
    const fatal = own || contender.trouble.wrongOctets;
    yield { name: `${title}: ${name}`, value: contender.trouble.text, ...(fatal && { bound: 'serves' }) };
    return;
  }
  yield { name: `${title}: ${name}`, value: rate, unit: what.rate };
  yield {
    name: `    its clients${clientShare >= CLIENT_LIMIT_SHARE ? ', which limit it' : ''}`,
    value: clientShare * 100,
    unit: '% of a processor',
  };
  const ofServer = '    processor time of the server';
  if (what.processorTimeOf === 'GiB') yield { name: ofServer, value: result.processorSecondsPerGiB, unit: 's/GiB' };
  if (what.processorTimeOf !== 'session') return;
  yield { name: `${ofServer}, each`, value: result.processorSecondsPerSession * 1e6, unit: 'µs' };
  yield { name: '    and of its clients', value: result.clientSecondsPerSession * 1e6, unit: 'µs' };
}

function* judge(
  title: string,
  what: Pick<Comparison, 'bounds' | 'processorOverVsftpd'>,
  own: Result,
  { isBound }: OwnCandidate,
  peers: readonly Result[],
): Generator<Measurement> {
  if (own.runs.length === 0) return;
  const measured = peers.filter((peer) => peer.runs.length > 0);
  for (const { over, atLeast } of what.bounds) {
    const peer =
      over === 'the best peer'
        ? measured.reduce<Result | undefined>((best, next) => (best && best.rate >= next.rate ? best : next), undefined)
        : measured.find(({ name }) => name === over);
    if (!peer) continue;
    const limited = own.clientShare >= CLIENT_LIMIT_SHARE ? ' (the clients limit)' : '';
    const whom = over === 'the best peer' ? `${over}, ${peer.name}` : over;
    yield {
      name: `${title}: ${own.name} over ${whom}${limited}`,
      value: own.rate / peer.rate,
      ...(isBound && atLeast !== undefined && { atLeast }),
    };
  }
  const vsftpd = measured.find(({ name }) => name === 'vsftpd');
  if (what.processorOverVsftpd === undefined || !vsftpd) return;
  yield {
    name: `${title}: processor time of ${own.name} over vsftpd`,
    value: own.processorSecondsPerGiB / vsftpd.processorSecondsPerGiB,
    ...(isBound && { bound: what.processorOverVsftpd }),
  };
}
