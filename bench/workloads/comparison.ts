/** One piece of work, done by all candidates in turn. */
import type { LoadPlan } from '../ftp-load.ts';
import { distribution } from '../percentiles.ts';
import type { Measurement } from '../report.ts';
import { Contender, type ContenderRun } from './contender.ts';
import type { OwnCandidate, Sizes, Stage, Workload } from './workload.ts';

/** A client that is busy for more of its time than this may be what limits. */
const CLIENT_LIMIT_SHARE = 0.8;

export interface Bound {
  readonly over: 'vsftpd' | 'pyftpdlib' | 'ftp-srv' | 'the best peer';
  /** So many times its rate. */
  readonly atLeast: number;
}

export interface Comparison {
  readonly name: string;
  title(sizes: Sizes): string;
  /** Of the file that is transferred, in octets, where one is. */
  sourceOctets?(sizes: Sizes): number;
  /** What the clients do, but for the file. */
  plan(sizes: Sizes): Pick<LoadPlan, 'script' | 'sessions' | 'atOnce' | 'together'>;
  /** What is counted by the second. */
  readonly rate: 'GB/s' | '/s';
  readonly bounds: readonly Bound[];
  /** At most so many times the processor seconds of vsftpd for a GiB. */
  readonly processorOverVsftpd?: number;
}

export function comparison(what: Comparison): Workload {
  return { name: what.name, run: (stage) => compare(what, stage) };
}

async function* compare(what: Comparison, stage: Stage): AsyncGenerator<Measurement> {
  const title = what.title(stage.sizes);
  const field = await compete(what, stage);
  const results = field.map((contender) => resultOf(contender, what.rate));
  for (const [index, result] of results.entries()) {
    yield* describe(title, what, result, index < stage.ours.length);
    const runs = result.runs.map((run) => rateOf(run, what.rate).toPrecision(3));
    if (runs.length > 0) stage.note(`    runs: ${runs.join(' ')}`);
  }
  const [ours, peers] = [results.slice(0, stage.ours.length), results.slice(stage.ours.length)];
  for (const [index, own] of ours.entries()) yield* judge(title, what, own, stage.ours[index]!, peers);
}

/** @returns all who took part, ours first, with what they have done or what came between. */
async function compete(what: Comparison, stage: Stage): Promise<Contender[]> {
  const source = what.sourceOctets && (await stage.source(what.sourceOctets(stage.sizes)));
  const field = [...stage.ours, ...stage.peers].map(
    (candidate) => new Contender(candidate, what.plan(stage.sizes), source),
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
}

function resultOf(contender: Contender, unit: Comparison['rate']): Result {
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
  };
}

function rateOf({ octets, sessions, seconds }: ContenderRun, unit: Comparison['rate']): number {
  return unit === 'GB/s' ? octets / 1e9 / seconds : sessions / seconds;
}

function* describe(title: string, what: Comparison, result: Result, own: boolean): Generator<Measurement> {
  const { contender, name, rate, clientShare, processorSecondsPerGiB } = result;
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
  if (what.processorOverVsftpd === undefined) return;
  yield { name: '    processor time of the server', value: processorSecondsPerGiB, unit: 's/GiB' };
}

function* judge(
  title: string,
  what: Comparison,
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
      ...(isBound && { atLeast }),
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
