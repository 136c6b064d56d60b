/** What becomes of a burst of clients when the queue of listen(2) is short, and when it is long. */
import { fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { distribution } from '../measure/percentiles.ts';
import { messageOf } from '../processes/child-message.ts';
import { OwnedChild } from '../processes/owned-child.ts';
import type { Measurement } from '../promises/report.ts';
import { Burst, PATIENCE_MS, type Visit } from './burst.ts';
import type { Experiment } from './experiment.ts';
import { type Attempt, inTurn } from './in-turn.ts';
import { tcpCounters } from './kernel-counters.ts';
import { ServedFolder } from './served-folder.ts';

/** One takes as long as its slowest clients are patient, and has many of them. */
const ROUNDS = 1;
const CLIENTS = 300;
const ARCHITECTURES = ['reactor', 'prefork'] as const;
const BACKLOGS = [1, 8, 64, 511] as const;
/** When the SYN is sent again to which there was no answer. */
const SECOND_TRY_MS = 1_000;
/** What the kernel does when a queue is full, and how long it may be at all: tcp(7), listen(2). */
const SETTINGS = [
  'net/core/somaxconn',
  'net/ipv4/tcp_syncookies',
  'net/ipv4/tcp_abort_on_overflow',
  'net/ipv4/tcp_syn_linear_timeouts',
] as const;

/** What is known of one burst. */
interface Outcome {
  readonly visits: readonly Visit[];
  readonly waits: readonly number[];
  /** Clients for whom the queue had no place: ListenOverflows. Other programs' as well. */
  readonly overflows: number;
}

export const listenQueue: Experiment = {
  title: `B22: ${CLIENTS} clients at once, by the length of the queue that listen(2) has for them`,
  async *run(scale) {
    for (const setting of SETTINGS) {
      yield { name: setting.replaceAll('/', '.'), value: await settingOf(setting) };
    }
    await using folder = await ServedFolder.make();
    await using burst = new Burst();
    const servers: OwnedChild[] = [];
    const attempts: Record<string, Attempt> = {};
    const outcomes: Record<string, Outcome[]> = {};
    try {
      for (const architecture of ARCHITECTURES) {
        for (const backlog of BACKLOGS) {
          const server = new OwnedChild(fork(SERVER, [architecture, String(backlog), folder.path]));
          servers.push(server);
          const address = { address: '127.0.0.1', port: await messageOf<number>(server.process) };
          const name = `${architecture}, backlog ${backlog}`;
          outcomes[name] = [];
          attempts[name] = async () => {
            const before = await overflows();
            const visits = await burst.run({ server: address, clients: CLIENTS });
            const waits = visits.map(({ waitedMs }) => waitedMs);
            outcomes[name]!.push({ visits, waits, overflows: (await overflows()) - before });
            return Math.max(...waits);
          };
          await burst.run({ server: address, clients: 1 });
        }
      }
      const slowest = await inTurn(attempts, ROUNDS * scale);
      for (const [name, each] of Object.entries(outcomes)) yield* rows(name, slowest.get(name)!, each);
    } finally {
      for (const server of servers) await server[Symbol.asyncDispose]();
    }
  },
};

const SERVER = fileURLToPath(new URL('./backlog-server.js', import.meta.url));

function* rows(name: string, slowest: readonly number[], outcomes: readonly Outcome[]): Generator<Measurement> {
  const median = (of: (outcome: Outcome) => number) => distribution(outcomes.map(of)).p50;
  const until = (ms: number) => median(({ waits }) => waits.filter((each) => each < ms).length);
  yield { name: `${name}: greeted within a second`, value: until(SECOND_TRY_MS), unit: 'clients' };
  yield { name: `${name}: greeted within ${PATIENCE_MS / 1000} s`, value: until(PATIENCE_MS), unit: 'clients' };
  yield { name: `${name}: p50`, ...time(median(({ waits }) => distribution(waits).p50)) };
  yield { name: `${name}: the last one`, ...time(distribution(slowest).p50) };
  const refused = median(({ visits }) => visits.filter(({ turnedAway }) => turnedAway).length);
  yield { name: `${name}: refused or reset`, value: refused, unit: 'clients' };
  yield { name: `${name}: the queue had no place`, value: median((each) => each.overflows), unit: 'times' };
}

function time(ms: number): Pick<Measurement, 'value' | 'unit'> {
  return Number.isFinite(ms) ? { value: ms, unit: 'ms' } : { value: `not within ${PATIENCE_MS / 1000} s` };
}

async function settingOf(name: string): Promise<number | string> {
  const text = await readFile(`/proc/sys/${name}`, 'latin1').catch(() => undefined);
  return text === undefined ? 'unknown to this kernel' : Number(text);
}

async function overflows(): Promise<number> {
  return (await tcpCounters()).get('ListenOverflows') ?? 0;
}
