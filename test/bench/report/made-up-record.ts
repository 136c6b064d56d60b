/** A record as the bench could have made it, in which there is everything that a report has to cope with. */
import {
  type BenchRecord,
  type CandidateRecord,
  PERCENTS,
  RECORD_FORMAT,
  type Run,
  type Timeline,
} from '../../../bench/record/record.ts';
import { type MadeUpWorkload, WORKLOADS } from './made-up-workloads.ts';

export const CANDIDATES: readonly CandidateRecord[] = [
  { name: 'serial', kind: 'architecture', version: '0.1.0', atATime: '1' },
  { name: 'process-per-connection', kind: 'architecture', version: '0.1.0', atATime: 'as many as allowed' },
  { name: 'thread-per-connection', kind: 'architecture', version: '0.1.0', atATime: 'as many as allowed' },
  { name: 'prefork', kind: 'architecture', version: '0.1.0', atATime: '4' },
  { name: 'thread-pool', kind: 'architecture', version: '0.1.0', atATime: '25' },
  { name: 'reactor', kind: 'architecture', version: '0.1.0', atATime: 'all' },
  { name: 'hybrid-nginx', kind: 'architecture', version: '0.1.0', atATime: 'all' },
  { name: 'hybrid-puma', kind: 'architecture', version: '0.1.0', atATime: 'all idle, 25 requests' },
  { name: 'hybrid-eventmachine', kind: 'architecture', version: '0.1.0', atATime: 'all' },
  { name: 'vsftpd', kind: 'peer', version: '3.0.3' },
  { name: 'proftpd', kind: 'peer', version: '1.3.8' },
  { name: 'pure-ftpd', kind: 'peer', version: '1.0.50' },
  { name: 'pyftpdlib', kind: 'peer', version: '1.5.7' },
  { name: 'ftp-srv', kind: 'peer', version: '4.6.3' },
];

export interface MadeUp {
  readonly status?: BenchRecord['status'];
  /** Another name for the last candidate, and other words where people's words stand. */
  readonly hostile?: string;
  readonly workloads?: readonly MadeUpWorkload[];
}

/** The same for the same wishes: nothing in it is left to chance. */
export function madeUpRecord({ status = 'complete', hostile, workloads = WORKLOADS }: MadeUp = {}): BenchRecord {
  const candidates = CANDIDATES.map((candidate) =>
    hostile !== undefined && candidate.name === 'ftp-srv'
      ? { ...candidate, name: hostile, version: hostile }
      : candidate,
  );
  const runs = workloads.flatMap((workload) => runsOf(workload, candidates, hostile));
  return {
    format: RECORD_FORMAT,
    began: '2026-11-27T14:02:11.000Z',
    ended: '2026-11-27T14:37:48.000Z',
    status,
    commandLine: ['--full', '--peers'],
    environment: {
      processor: hostile ?? 'AMD EPYC 7763 64-Core Processor',
      cores: 2,
      memoryBytes: 8 * 2 ** 30,
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernel: 'Linux 6.18.5',
      node: '20.20.2',
      version: '0.1.0',
      commit: '8d7fa37+',
      loadBefore: 0.31,
      loadAfter: 2.87,
      descriptors: 20_000,
      files: 'tmpfs',
    },
    candidates,
    workloads: workloads.map(({ record }) =>
      hostile === undefined ? record : { ...record, method: `${record.method} ${hostile}` },
    ),
    limits: [
      { driver: 'sockets', title: 'sessions with a server that answers at once', perSecond: 10_400, unit: '/s' },
      { driver: 'basic-ftp', title: 'files of 4 KB', perSecond: 3900, unit: '/s' },
      { driver: 'autocannon', title: 'requests', perSecond: 29_500, unit: '/s' },
      { driver: 'cloud-hash', title: 'requests', perSecond: 61_000, unit: '/s' },
    ],
    runs: status === 'complete' ? runs : runs.filter(({ repetition }, index) => repetition === 0 || index % 3 > 0),
    notes: [
      'vsftpd was not found in the usual places; the one of `npm run bench:fetch-peers` was used.',
      'Only 20,000 descriptors are allowed (ulimit -n): 10,000 clients were tried, as two of each are needed.',
      ...(hostile === undefined ? [] : [hostile]),
    ],
  };
}

function runsOf(workload: MadeUpWorkload, candidates: readonly CandidateRecord[], hostile: string | undefined): Run[] {
  const { record, strengths } = workload;
  return Array.from({ length: record.repetitions }, (_, repetition) =>
    candidates.flatMap(({ name, kind }, place) =>
      record.clients.map((clients): Run => {
        const base = {
          workload: record.name,
          candidate: name,
          clients,
          repetition,
          atSeconds: place * 6 + repetition * 90,
        };
        const strength = strengths[place];
        if (strength === undefined) return { ...base, ...trouble(place, kind, hostile), figures: {}, errors: {} };
        // Too many for it.
        if (name === 'process-per-connection' && clients >= 1000)
          return {
            ...base,
            outcome: 'failed',
            trouble: 'no greeting within 10 s: 312 processes were running',
            figures: {},
            errors: { 'no greeting': 1 },
          };
        return { ...base, ...measured(workload, strength, { place, clients, repetition }) };
      }),
    ),
  ).flat();
}

function trouble(
  place: number,
  kind: CandidateRecord['kind'],
  hostile: string | undefined,
): Pick<Run, 'outcome' | 'trouble'> {
  if (kind === 'peer') return { outcome: 'skipped', trouble: 'it does not speak this protocol' };
  if (place === 0) return { outcome: 'skipped', trouble: 'it serves one client at a time' };
  if (place === 3) return { outcome: 'wrong', trouble: `998 of 1000 files had the right hash${hostile ?? ''}` };
  return { outcome: 'failed', trouble: 'the server ended with code 1 before it was ready' };
}

/** Where repetitions lie far apart. */
const isShaky = (workload: string, place: number) =>
  (workload === 'large-stor' && place > 2) || (place === 7 && workload === 'small-files');

function measured(
  { record, second, latencyMs, crash = false }: MadeUpWorkload,
  strength: number,
  { place, clients, repetition }: { place: number; clients: number; repetition: number },
): Omit<Run, 'workload' | 'candidate' | 'clients' | 'repetition' | 'atSeconds'> {
  const first = record.figures[0]!;
  const wide = isShaky(record.name, place) ? 0.22 : 0.025;
  const chance = 1 + wide * Math.sin(place * 12.9 + repetition * 78.2 + record.name.length);
  const crowd =
    first.better === 'more' ? scaling(place, clients / record.headlineClients) : 1 + 0.1 * Math.log10(clients);
  const isCount = first.unit === 'count';
  const figure = isCount ? strength : strength * chance * crowd;
  const keys = record.figures.map(({ key }) => key);
  const middle = latencyMs?.(figure);
  const tail = 1.4 + ((place * 7) % 5) * 0.6;
  const perSecond = first.unit === '/s' ? figure : 100;
  return {
    outcome: 'ok',
    seconds: 5,
    operations: Math.round(perSecond * 5),
    figures: { [keys[0]!]: figure, ...(second && { [keys[1]!]: second(figure) }) },
    ...(middle !== undefined && {
      latencyMs: PERCENTS.map(
        (percent) => middle * (0.4 + 0.6 * tail ** Math.min(4.2, Math.log10(100 / (100.004 - percent)))),
      ),
      latencyCount: Math.round(perSecond * 5),
    }),
    errors: isCount && strength > 1 ? { 'connection reset': strength } : {},
    server: {
      processorSeconds: 5 + (place % 4),
      pssBytes:
        42e6 +
        [0, 9e6, 3e6, 36e6 / clients, 48e6 / clients, 9e3, 2e4, 2.5e4, 1e4, 9e5, 8e5, 6e5, 2e4, 5e4][place]! * clients,
      rssBytes:
        71e6 +
        [0, 41e6, 4e6, 160e6 / clients, 52e6 / clients, 9e3, 4e4, 3e4, 1e4, 2e6, 2e6, 2e6, 3e4, 6e4][place]! * clients,
      threads: [7, clients * 7 + 7, clients + 7, 35, 32, 7, 21, 32, 11, clients + 1, clients + 1, clients + 1, 1, 7][
        place
      ]!,
      processes: [1, clients + 1, 1, 5, 1, 1, 3, 1, 1, clients + 1, clients + 1, clients + 1, 1, 1][place]!,
      descriptors: 30 + clients * 2,
      voluntarySwitches: 9000 + place * 1300,
      involuntarySwitches: 400 + place * 90,
    },
    client: {
      processes: 1,
      processorSeconds: 3.1,
      limitShare: first.unit === '/s' ? figure / (record.name === 'http-keep-alive' ? 29_500 : 10_400) : 0.1,
    },
    ...(crash && { timeline: crashTimeline(strength, place) }),
  };
}

/** Architectures with several processors gain from clients until these are busy; others lose a little to each. */
function scaling(place: number, share: number): number {
  const most = 1 + (place % 3) * 0.08;
  return (most * share * 4) / (share * 4 + 0.9) / (1 + share * 0.006 * (place % 5)) / 0.82;
}

function crashTimeline(lost: number, place: number): Timeline {
  const away = 1 + Math.ceil(lost / 4);
  const operations = Array.from({ length: 80 }, (_, moment) => {
    const usual = 60 + 8 * Math.sin(moment * 1.7 + place);
    const isAway = moment >= 30 && moment < 30 + away;
    return Math.round(isAway ? usual * (1 - lost / 25) : usual);
  });
  const errors = operations.map((_, moment) => (moment === 30 ? lost : 0));
  return {
    everyMs: 100,
    operations,
    errors,
    events: [
      { atMs: 3012, text: 'a unit is killed' },
      { atMs: 3012 + away * 100, text: 'served again' },
    ],
  };
}
