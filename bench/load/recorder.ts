/** What clients have done, as it is counted while they do it. */
import { build } from 'hdr-histogram-js';
import { PERCENTS } from '../record/record.ts';
import type { LoadResult } from './plan.ts';

/** An hour, in microseconds: nobody waits longer. With three digits it takes some 90 KB. */
const LONGEST_US = 3_600_000_000;
const DIGITS = 3;

type Stage =
  | { readonly is: 'warming up' }
  | { readonly is: 'measuring'; readonly from: number; readonly processor: NodeJS.CpuUsage }
  | { readonly is: 'over'; readonly from: number; readonly to: number; readonly processorSeconds: number };

export class Recorder {
  #stage: Stage = { is: 'warming up' };
  readonly #latencies = build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_US,
    numberOfSignificantValueDigits: DIGITS,
    useWebAssembly: false,
  });
  readonly #timelineMs: number | undefined;
  readonly #operationsAt: number[] = [];
  readonly #errorsAt: number[] = [];
  readonly #errors = new Map<string, number>();
  #operations = 0;
  #octets = 0;
  #wrong: string | undefined;

  /** @param timelineMs width of a bar of the timeline; without it there is none. */
  constructor(timelineMs?: number) {
    this.#timelineMs = timelineMs;
  }

  start(): void {
    this.#stage = { is: 'measuring', from: performance.now(), processor: process.cpuUsage() };
  }

  end(): void {
    const stage = this.#stage;
    if (stage.is !== 'measuring') return;
    const { user, system } = process.cpuUsage(stage.processor);
    this.#stage = { is: 'over', from: stage.from, to: performance.now(), processorSeconds: (user + system) / 1e6 };
  }

  /** Whether something that began then is measured. @param at performance.now(). */
  measures(at: number): boolean {
    const stage = this.#stage;
    return stage.is !== 'warming up' && at >= stage.from && !(stage.is === 'over' && at >= stage.to);
  }

  /** Of a transfer, as they come. */
  octets(count: number): void {
    if (this.#stage.is === 'measuring') this.#octets += count;
  }

  /**
   * An operation that has gone well, just now. One that is not wholly within the measurement counts in part, so that long
   * ones can be counted as well; its latency counts when it began in the measurement, long or short.
   *
   * @param began when the client turned to it. @param due when it should have begun; performance.now(), both.
   */
  operation(began: number, due = began): void {
    const stage = this.#stage;
    if (stage.is === 'warming up') return;
    const now = performance.now();
    const inside = Math.min(now, stage.is === 'over' ? stage.to : now) - Math.max(began, stage.from);
    if (inside >= 0) this.#operations += now > began ? inside / (now - began) : 1;
    if (this.measures(due)) this.#latencies.recordValue(Math.min(LONGEST_US, Math.round((now - due) * 1e3)));
    this.#mark(this.#operationsAt, now);
  }

  /** @param kind one of few, see OperationError. */
  error(kind: string): void {
    if (this.#stage.is !== 'warming up') this.#count(kind);
  }

  /** A client has lost its connection while nothing was asked of it: before the measurement as well, for it will be missing. */
  lost(): void {
    this.#count('connection lost');
  }

  /** Warming up is no excuse. @param words what it is, and what it had to be. */
  wrong(words: string): void {
    this.#wrong ??= words;
  }

  /** To be asked when it is over. @param connected how many clients still are. */
  result(connected: number): LoadResult {
    const stage = this.#stage;
    if (stage.is !== 'over') throw new Error('the measurement is not over');
    const { totalCount } = this.#latencies;
    return {
      seconds: (stage.to - stage.from) / 1e3,
      operations: this.#operations,
      octets: this.#octets,
      errors: Object.fromEntries(this.#errors),
      ...(this.#wrong !== undefined && { wrong: this.#wrong }),
      ...(totalCount > 0 && { latencyMs: PERCENTS.map((each) => this.#latencies.getValueAtPercentile(each) / 1e3) }),
      latencyCount: totalCount,
      processorSeconds: stage.processorSeconds,
      residentBytes: process.resourceUsage().maxRSS * 1024,
      ...(this.#timelineMs !== undefined && { timeline: this.#timeline(this.#timelineMs, stage) }),
      connected,
    };
  }

  #count(kind: string): void {
    this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + 1);
    this.#mark(this.#errorsAt, performance.now());
  }

  #timeline(everyMs: number, { from, to }: { readonly from: number; readonly to: number }) {
    const bars = Math.ceil((to - from) / everyMs);
    const filled = (counts: readonly number[]) => Array.from({ length: bars }, (_, index) => counts[index] ?? 0);
    return { everyMs, operations: filled(this.#operationsAt), errors: filled(this.#errorsAt) };
  }

  #mark(counts: number[], now: number): void {
    if (this.#timelineMs === undefined || this.#stage.is !== 'measuring') return;
    const bar = Math.floor((now - this.#stage.from) / this.#timelineMs);
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
}
