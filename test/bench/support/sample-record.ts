/** Records of the bench that are made up, for tests of what is said of them. */
import {
  type BenchRecord,
  type CandidateRecord,
  type FigureRecord,
  PERCENTS,
  RECORD_FORMAT,
  type Run,
  type ServerUse,
  type WorkloadRecord,
} from '../../../bench/record/record.ts';

const RATE: FigureRecord = { key: 'rate', title: 'sessions', unit: '/s', better: 'more' };

export function architecture(name: string): CandidateRecord {
  return { name, kind: 'architecture', atATime: 'many' };
}

export function peer(name: string): CandidateRecord {
  return { name, kind: 'peer', version: '3.0' };
}

export function workload(name: string, more: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    name,
    title: name.replaceAll('-', ' '),
    question: `How fast is ${name}?`,
    method: 'Clients do it again and again.',
    group: 'sessions',
    figures: [RATE],
    clients: [10],
    headlineClients: 10,
    repetitions: 3,
    seconds: 2,
    latencyOf: 'one session',
    claims: ['B9'],
    ...more,
  };
}

export function run(workload: string, candidate: string, figures: Run['figures'], more: Partial<Run> = {}): Run {
  return {
    workload,
    candidate,
    clients: 10,
    repetition: 0,
    atSeconds: 1,
    outcome: 'ok',
    seconds: 2,
    operations: 100,
    octets: 0,
    figures,
    errors: {},
    ...more,
  };
}

/** One run for each value of the headline `rate`, or of another figure. */
export function runs(
  workload: string,
  candidate: string,
  values: readonly number[],
  more: Partial<Run> = {},
  key = RATE.key,
): Run[] {
  return values.map((value, repetition) => run(workload, candidate, { [key]: value }, { repetition, ...more }));
}

export function serverUse(more: Partial<ServerUse> = {}): ServerUse {
  return {
    processorSeconds: 1.5,
    pssBytes: 50 * 2 ** 20,
    rssBytes: 60 * 2 ** 20,
    threads: 11,
    processes: 1,
    descriptors: 40,
    voluntarySwitches: 1000,
    involuntarySwitches: 10,
    ...more,
  };
}

/** In milliseconds, growing with the percentage, for each of PERCENTS. */
export function latencies(median: number): readonly number[] {
  return PERCENTS.map((percent) => (median * (percent + 50)) / 100);
}

export function benchRecord(more: Partial<BenchRecord> = {}): BenchRecord {
  return {
    format: RECORD_FORMAT,
    began: '2026-11-27T15:55:08.000Z',
    ended: '2026-11-27T15:59:01.000Z',
    status: 'complete',
    commandLine: ['--duration', '2'],
    environment: {
      processor: 'AMD EPYC',
      cores: 2,
      memoryBytes: 24 * 2 ** 30,
      system: 'Debian GNU/Linux 13 (trixie)',
      kernel: 'Linux 6.18.44',
      node: '20.20.2',
      version: '0.1.0',
      commit: '8d7fa37685',
      loadBefore: 0.1,
      loadAfter: 1.9,
      descriptors: 20_000,
      files: 'tmpfs',
    },
    candidates: [architecture('serial'), architecture('prefork'), architecture('reactor'), peer('vsftpd')],
    workloads: [],
    limits: [{ driver: 'sockets', title: 'logins', perSecond: 20_000, unit: '/s' }],
    runs: [],
    notes: [],
    ...more,
  };
}

/** With something of everything that a record can have. */
export function fullRecord(): BenchRecord {
  const curve = workload('scaling', { clients: [1, 10, 100], headlineClients: 100, latencyOf: undefined });
  const crash = workload('crash', {
    group: 'trouble',
    figures: [
      { key: 'clientsLost', title: 'clients lost', unit: 'count', better: 'less' },
      { key: 'secondsUntilServed', title: 'until served again', unit: 's', better: 'less' },
    ],
  });
  const detail = {
    server: serverUse(),
    client: { processes: 1, processorSeconds: 0.5, limitShare: 0.3 },
    latencyMs: latencies(2),
    latencyCount: 100,
  };
  return benchRecord({
    workloads: [workload('short-sessions'), curve, crash],
    runs: [
      ...runs('short-sessions', 'reactor', [1000, 1020, 980], detail),
      ...runs('short-sessions', 'prefork', [500, 510, 900], {
        ...detail,
        client: { ...detail.client, limitShare: 0.85 },
      }),
      ...runs('short-sessions', 'vsftpd', [2000, 2010, 1990], { ...detail, errors: { 'no answer': 2 } }),
      run('short-sessions', 'serial', {}, { outcome: 'skipped', trouble: 'serves one client at a time' }),
      ...[1, 10, 100].flatMap((clients) => runs('scaling', 'reactor', [clients * 10, clients * 10], { clients })),
      run('scaling', 'prefork', {}, { clients: 100, outcome: 'failed', trouble: 'it hung | for ever' }),
      run('crash', 'prefork', { clientsLost: 1, secondsUntilServed: 0.1 }),
      run(
        'crash',
        'reactor',
        { clientsLost: 10, secondsUntilServed: 1.2 },
        {
          timeline: {
            everyMs: 100,
            operations: [10, 0, 5],
            errors: [0, 10, 0],
            events: [{ atMs: 120, text: 'a unit is killed' }],
          },
        },
      ),
    ],
    notes: ['ProFTPD was not found: npm run bench:fetch-peers'],
  });
}
