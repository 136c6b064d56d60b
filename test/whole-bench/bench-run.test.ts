import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Candidate } from '../../bench/candidates/candidate.ts';
import type { BenchRecord, Run } from '../../bench/record/record.ts';
import type { Contestant } from '../../bench/run/contestant.ts';
import type { Item } from '../../bench/run/schedule.ts';
import { built } from './built-bench.ts';

/** Servers in a line of JavaScript each, which know the port as their last argument but one, and the address before it. */
const SCRIPTS = {
  'does not start': 'process.stderr.write("no such configuration"); process.exit(3)',
  'says something else': server('s.write("SSH-2.0-x\\r\\n")'),
  'greets and then says nothing': server('s.write("220 hi\\r\\n")'),
  'dies of its first command': server('s.write("220 hi\\r\\n"); s.on("data", () => process.exit(1))'),
  'has other octets': server('dialogue(s, "x".repeat(1024))'),
  'has too few octets': server('dialogue(s, "x".repeat(1000))'),
} as const;

/** With `dialogue`, which serves whoever logs in, and gives all files the same content; without one it takes uploads, and keeps none. */
function server(onClient: string): string {
  return `
    const net = require('node:net');
    const [address, port] = process.argv.slice(1);
    const dialogue = (s, content) => {
      let taken = () => {};
      const answers = {
        USER: () => '331 word?', PASS: () => '230 in', TYPE: () => '200 ok', QUIT: () => (setImmediate(() => s.end()), '221 bye'),
        EPSV: () => {
          const data = net.createServer((d) => {
            data.close();
            if (content === undefined) d.on('end', () => taken()).resume();
            else d.end(content);
          });
          data.listen(0, address, () => s.write('229 here (|||' + data.address().port + '|)\\r\\n'));
        },
        STOR: () => { s.write('150 now\\r\\n'); taken = () => s.write('226 done\\r\\n'); },
        RETR: () => { s.write('150 now\\r\\n'); setTimeout(() => s.write('226 done\\r\\n'), 5); },
      };
      s.write('220 hi\\r\\n');
      s.on('data', (line) => {
        const answer = (answers[String(line).slice(0, 4).toUpperCase().trim()] ?? (() => '502 what?'))();
        if (answer) s.write(answer + '\\r\\n');
      });
    };
    net.createServer((s) => { s.on('error', () => {}); ${onClient} }).listen(Number(port), address);`;
}

function contestant(name: string, script: string): Contestant {
  const candidate: Candidate = {
    name,
    missing: async () => undefined,
    commandLine: async ({ address, port }) => ({
      program: process.execPath,
      args: ['-e', script, address, String(port)],
    }),
  };
  return { record: { name, kind: 'peer' }, serving: () => candidate, exemptFrom: () => undefined };
}

const { architectures } = await import('../../architectures/index.ts');
const reactor = built.ownContestant(architectures.find(({ name }) => name === 'reactor')!, '0');

/** A candidate that hangs costs the test so much, and one that is only slow, on a busy machine, does not hang. */
const PATIENCE_MS = 4_000;

/** Of a workload no more than it takes to see that it works. */
function little(name: string): Item {
  const extent = { clients: [2], headlineClients: 2, seconds: 0.2, warmUpSeconds: 0.1, repetitions: 1 };
  return { workload: withPatience(name, PATIENCE_MS), extent };
}

function withPatience(name: string, patienceMs: number): Item['workload'] {
  const workload = built.workloads.find((each) => each.name === name)!;
  return {
    ...workload,
    loads(setting) {
      const { measured, ...rest } = workload.loads(setting);
      return { ...rest, measured: 'patienceMs' in measured ? { ...measured, patienceMs } : measured };
    },
  };
}

async function bench(
  contestants: readonly Contestant[],
  items: readonly Item[],
  abandon = new AbortController().signal,
) {
  const seen: Run[] = [];
  await using stage = await built.Stage.open();
  await stage.prepare(
    items.flatMap(({ workload }) => workload.files),
    0,
  );
  const record = await built.runBench({
    plan: { contestants, items },
    stage,
    observer: { begins() {}, ended: (_, run) => seen.push(run), done() {} },
    abandon,
    commandLine: [],
    limits: [],
    notes: [],
  });
  return { record, seen, folder: stage.folder };
}

describe('candidates that fail', () => {
  let record: BenchRecord;
  let folder: string;
  beforeAll(async () => {
    const bad = Object.entries(SCRIPTS).map(([name, script]) => contestant(name, script));
    ({ record, folder } = await bench([...bad, reactor], [little('short-sessions')]));
  }, 60_000);

  test.each([
    ['does not start', 'failed', /ended with 3 .*no such configuration/],
    ['says something else', 'failed', /instead of 220: SSH-2.0-x/],
    ['greets and then says nothing', 'failed', /in time/],
    ['dies of its first command', 'failed', /nothing was done: connection/],
    ['has other octets', 'wrong', /instead of [0-9a-f]{64}/],
    ['has too few octets', 'wrong', /1000/],
  ])('are told of in the record: one that %s', (name, outcome, trouble) => {
    const run = record.runs.find(({ candidate }) => candidate === name);
    expect(run).toMatchObject({ outcome, trouble: expect.stringMatching(trouble) });
  });

  test('do not keep the others from being measured', () => {
    const run = record.runs.find(({ candidate }) => candidate === 'reactor')!;
    expect(run).toMatchObject({ outcome: 'ok', errors: {} });
    expect(run.figures.rate).toBeGreaterThan(0);
    expect(run.server!.processorSeconds).toBeGreaterThan(0);
    expect(run.server!.pssBytes).toBeGreaterThan(1e6);
  });

  test('leave no file behind', () => {
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });
});

describe('uploads', () => {
  const item = little('large-stor');
  const brief = { ...item, extent: { ...item.extent, clients: [1], seconds: 0.05, warmUpSeconds: 0 } };

  test('that were not begun in time are not missed', async () => {
    const { seen } = await bench([reactor], [brief]);
    expect(seen).toMatchObject([{ outcome: 'ok' }]);
    expect(seen[0]!.operations).toBeLessThan(4);
  });

  test('that were acknowledged, and are not there, are', async () => {
    const forgetful = contestant('forgetful', server('dialogue(s)'));
    const { seen } = await bench([forgetful], [brief]);
    expect(seen).toMatchObject([{ outcome: 'wrong', trouble: expect.stringContaining('acknowledged is not there') }]);
  });
});

test('an end that is wanted leaves what has been measured, marked as interrupted', async () => {
  const abandon = new AbortController();
  const item = { ...little('login'), extent: { ...little('login').extent, repetitions: 50 } };
  await using stage = await built.Stage.open();
  const record = await built.runBench({
    plan: { contestants: [reactor], items: [item, little('short-sessions')] },
    stage,
    observer: { begins() {}, ended: () => abandon.abort(), done() {} },
    abandon: abandon.signal,
    commandLine: [],
    limits: [],
    notes: [],
  });
  expect(record.status).toBe('interrupted');
  expect(record.runs).toHaveLength(1);
  expect(record.workloads.map(({ name }) => name)).toEqual(['login', 'short-sessions']);
});

describe('the crash of a unit', () => {
  const named = (name: string) => built.ownContestant(architectures.find((each) => each.name === name)!, '0');
  let runs: readonly Run[];
  beforeAll(async () => {
    const crash = withPatience('crash', 20_000);
    const extent = { ...crash.quick!, seconds: 2.5, warmUpSeconds: 0.2 };
    const plan = [named('process-per-connection'), named('thread-per-connection'), named('reactor')];
    ({ seen: runs } = await bench(plan, [{ workload: crash, extent }]));
  }, 60_000);

  test.each(['process-per-connection', 'thread-per-connection'])('takes one client of %s', (name) => {
    const run = runs.find(({ candidate }) => candidate === name)!;
    expect(run).toMatchObject({ outcome: 'ok', figures: { clientsLost: 1 } });
    expect(run.timeline!.events).toHaveLength(1);
  });

  test('takes all clients of the reactor, which is started again', () => {
    const run = runs.find(({ candidate }) => candidate === 'reactor')!;
    expect(run).toMatchObject({ outcome: 'ok', figures: { clientsLost: 4 } });
    expect(run.server).toBeUndefined();
    // On a busy machine it may not be back before the end.
    expect(run.figures.secondsUntilServed ?? Number.POSITIVE_INFINITY).toBeGreaterThan(0);
    expect(run.timeline!.events[0]!.text).toContain('started again');
  });
});
