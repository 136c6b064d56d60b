/** What a file must look like to be a record. Each object names all properties of its type, or it does not compile. */
import { z } from 'zod';
import {
  type BenchRecord,
  type CandidateRecord,
  type ClientLimit,
  type ClientUse,
  type Environment,
  type FigureRecord,
  PERCENTS,
  RECORD_FORMAT,
  type Run,
  type ServerUse,
  type Timeline,
  type WorkloadRecord,
} from './record.ts';

type PropertiesOf<T> = { readonly [Key in keyof T]-?: z.ZodType<T[Key]> };

/** What else there is in it, a later version may have written; it is kept. */
function object<T>(properties: PropertiesOf<T>): z.ZodType<T> {
  return z.looseObject(properties, mustBe('an object')) as unknown as z.ZodType<T>;
}

/** The rest of a sentence that begins with the name of the field. */
function mustBe(what: string) {
  const error = ({ input }: { readonly input?: unknown }) => (input === undefined ? 'is missing' : `must be ${what}`);
  return { error };
}

const text = z.string(mustBe('text'));
const number = z.number(mustBe('a number'));
const count = z.int(mustBe('a whole number')).min(0, mustBe('0 or more'));
const positive = z.int(mustBe('a whole number')).min(1, mustBe('1 or more'));
const time = z.iso.datetime(mustBe('a time in UTC, as in 2026-11-27T15:55:08.000Z'));

function oneOf<const T extends string | number>(...values: readonly T[]) {
  return z.literal(values, mustBe(values.join(' or ')));
}

function listOf<T>(kind: z.ZodType<T>) {
  return z.array(kind, mustBe('a list'));
}

function table(values: z.ZodType<number>) {
  return z.record(z.string(), values, mustBe('an object'));
}

const unit = oneOf('/s', 'B/s', 'ms', 's', 'B', 'count', 'B/client');

const environment = object<Environment>({
  processor: text,
  cores: positive,
  memoryBytes: count,
  system: text,
  kernel: text,
  node: text,
  version: text,
  commit: text.optional(),
  loadBefore: number,
  loadAfter: number,
  descriptors: positive.optional(),
  files: text,
});

const candidate = object<CandidateRecord>({
  name: text,
  kind: oneOf('architecture', 'peer'),
  version: text.optional(),
  atATime: text.optional(),
});

const figure = object<FigureRecord>({ key: text, title: text, unit, better: oneOf('more', 'less') });

const workload = object<WorkloadRecord>({
  name: text,
  title: text,
  question: text,
  method: text,
  group: oneOf('sessions', 'transfers', 'many clients', 'trouble', 'other services'),
  figures: listOf(figure).min(1, mustBe('a list of one at least')),
  clients: listOf(positive),
  headlineClients: positive,
  repetitions: positive,
  seconds: number,
  latencyOf: text.optional(),
  claims: listOf(text),
});

const serverUse = object<ServerUse>({
  processorSeconds: number,
  pssBytes: count,
  rssBytes: count,
  threads: count,
  processes: count,
  descriptors: count,
  voluntarySwitches: count,
  involuntarySwitches: count,
});

const clientUse = object<ClientUse>({ processes: count, processorSeconds: number, limitShare: number.optional() });

const timeline = object<Timeline>({
  everyMs: number,
  operations: listOf(number),
  errors: listOf(number),
  events: listOf(object<Timeline['events'][number]>({ atMs: number, text })),
});

const run = object<Run>({
  workload: text,
  candidate: text,
  clients: positive,
  repetition: count,
  atSeconds: number,
  outcome: oneOf('ok', 'failed', 'wrong', 'skipped'),
  trouble: text.optional(),
  seconds: number.optional(),
  operations: number.optional(),
  octets: number.optional(),
  figures: table(number),
  latencyMs: listOf(number)
    .refine(({ length }) => length === 0 || length === PERCENTS.length, mustBe(`a list of ${PERCENTS.length}, or none`))
    .optional(),
  latencyCount: count.optional(),
  errors: table(number),
  server: serverUse.optional(),
  client: clientUse.optional(),
  timeline: timeline.optional(),
});

export const recordSchema: z.ZodType<BenchRecord> = object<BenchRecord>({
  format: oneOf(RECORD_FORMAT),
  began: time,
  ended: time,
  status: oneOf('complete', 'interrupted'),
  commandLine: listOf(text),
  environment,
  candidates: listOf(candidate),
  workloads: listOf(workload),
  limits: listOf(object<ClientLimit>({ driver: text, title: text, perSecond: number, unit })),
  runs: listOf(run),
  notes: listOf(text),
}).superRefine(({ workloads, candidates, runs }, context) => {
  const known = {
    workload: new Set(workloads.map(({ name }) => name)),
    candidate: new Set(candidates.map(({ name }) => name)),
  };
  runs.forEach((run, index) => {
    for (const of of ['workload', 'candidate'] as const) {
      if (known[of].has(run[of])) continue;
      context.addIssue({ code: 'custom', path: ['runs', index, of], message: `names a ${of} that is not in the list` });
    }
  });
});
