import { architectures } from 'ohai-ftpd/architectures';
import { describe, expect, test } from 'vitest';
import { ADVICE_RULES } from '../../bench/record/advice-rules.ts';
import type { BenchRecord, FigureRecord, Run, WorkloadRecord } from '../../bench/record/record.ts';
import { summarize } from '../../bench/record/summarize.ts';
import {
  architecture,
  benchRecord,
  fullRecord,
  peer,
  run,
  runs,
  serverUse,
  workload,
} from './support/sample-record.ts';

const FIGURES = {
  rate: { key: 'rate', title: 'rate', unit: '/s', better: 'more' },
  perIdleClient: { key: 'perIdleClient', title: 'memory', unit: 'B/client', better: 'less' },
  p99: { key: 'p99', title: 'p99', unit: 'ms', better: 'less' },
  clientsLost: { key: 'clientsLost', title: 'lost', unit: 'count', better: 'less' },
  secondsUntilServed: { key: 'secondsUntilServed', title: 'until served', unit: 's', better: 'less' },
} as const satisfies Record<string, FigureRecord>;

const having = (name: string, ...keys: (keyof typeof FIGURES)[]): WorkloadRecord =>
  workload(name, { figures: keys.map((key) => FIGURES[key]) });

const NAMES = ['serial', 'prefork', 'reactor', 'hybrid-nginx'];

/** What is advised in a situation. */
function advice(
  situation: string,
  workloads: readonly WorkloadRecord[],
  all: readonly Run[],
  more?: Partial<BenchRecord>,
) {
  const candidates = [...NAMES.map(architecture), peer('vsftpd')];
  const { advice } = summarize(benchRecord({ candidates, workloads, runs: all, ...more }));
  return advice.find((each) => each.situation === situation)!;
}

const LARGE = 'A few clients that move large files';

describe('the advice', () => {
  test('has a situation for each rule, each once, with the rule in words', () => {
    const { advice } = summarize(fullRecord());
    expect(advice.map(({ situation }) => situation)).toEqual(ADVICE_RULES.map(({ situation }) => situation));
    expect(new Set(advice.map(({ situation }) => situation)).size).toBe(advice.length);
    for (const { rule, because } of advice) {
      expect(rule).toMatch(/^(?:The )\S.*\.$/);
      expect(because).toMatch(/\.$/);
    }
  });

  test('is silent where nothing was measured, and says so', () => {
    for (const { choice, because } of summarize(benchRecord()).advice) {
      expect(choice).toEqual([]);
      expect(because).toMatch(/^Not measured: /);
    }
  });

  test('goes by the geometric mean of the shares of the best, with the figures, and never names a peer', () => {
    const { choice, because } = advice(
      LARGE,
      [having('large-retr', 'rate'), having('large-stor', 'rate')],
      [
        ...runs('large-retr', 'prefork', [100]),
        ...runs('large-stor', 'prefork', [40]),
        ...runs('large-retr', 'reactor', [90]),
        ...runs('large-stor', 'reactor', [80]),
        ...runs('large-retr', 'hybrid-nginx', [50]),
        ...runs('large-stor', 'hybrid-nginx', [100]),
        ...runs('large-retr', 'vsftpd', [1000]),
        ...runs('large-stor', 'vsftpd', [1000]),
      ],
    );
    expect(choice).toEqual(['reactor']);
    expect(because).toBe(
      'reactor has 90/s (large retr, rate); 80/s (large stor, rate). The best of the others: hybrid-nginx (71%).',
    );
  });

  test('takes those for as good that come within a twentieth, or whose runs overlap in each figure', () => {
    const workloads = [having('large-retr', 'rate')];
    const near = [...runs('large-retr', 'prefork', [96]), ...runs('large-retr', 'reactor', [100])];
    expect(advice(LARGE, workloads, near)).toMatchObject({
      choice: ['reactor', 'prefork'],
      because: expect.stringContaining('As good: prefork (96%).'),
    });
    const far = [...runs('large-retr', 'prefork', [94]), ...runs('large-retr', 'reactor', [100])];
    expect(advice(LARGE, workloads, far).choice).toEqual(['reactor']);
    const overlapping = [
      ...runs('large-retr', 'prefork', [80, 90, 101]),
      ...runs('large-retr', 'reactor', [100, 100, 100]),
    ];
    expect(advice(LARGE, workloads, overlapping)).toMatchObject({
      choice: ['reactor', 'prefork'],
      because: expect.stringContaining('Some of these figures are noisy.'),
    });
  });

  test('takes no difference of a latency for one that the scheduler makes', () => {
    const { choice } = advice(
      'Heavy computations (HASH) beside other clients',
      [having('blocking', 'p99')],
      [
        ...runs('blocking', 'reactor', [1.2], {}, 'p99'),
        ...runs('blocking', 'hybrid-nginx', [1.6], {}, 'p99'),
        ...runs('blocking', 'serial', [40], {}, 'p99'),
      ],
    );
    expect(choice).toEqual(['reactor', 'hybrid-nginx']);
  });

  test('leaves out who failed, or could not, at one of the workloads', () => {
    const { choice, because } = advice(
      LARGE,
      [having('large-retr', 'rate'), having('large-stor', 'rate')],
      [
        ...runs('large-retr', 'prefork', [100]),
        run('large-stor', 'prefork', {}, { outcome: 'failed', trouble: 'it died' }),
        run('large-retr', 'serial', {}, { outcome: 'skipped' }),
        ...runs('large-stor', 'serial', [100]),
      ],
    );
    expect(choice).toEqual([]);
    expect(because).toBe('No architecture did all of it.');
  });

  test('goes by what was measured where some was not, and says what is missing', () => {
    const { choice, because } = advice(LARGE, [having('large-retr', 'rate')], runs('large-retr', 'reactor', [100]));
    expect(choice).toEqual(['reactor']);
    expect(because).toBe('reactor has 100/s (large retr, rate). Not measured: large uploads.');
  });

  test('on idle clients goes by the most clients that anybody had', () => {
    const idle = workload('idle-clients', {
      clients: [100, 10_000],
      headlineClients: 100,
      figures: [FIGURES.perIdleClient, FIGURES.rate],
    });
    const { choice } = advice(
      'Thousands of clients that mostly idle',
      [idle],
      [
        run('idle-clients', 'prefork', { perIdleClient: 10, rate: 1000 }, { clients: 100 }),
        run('idle-clients', 'prefork', {}, { clients: 10_000, outcome: 'failed', trouble: 'no more processes' }),
        run('idle-clients', 'reactor', { perIdleClient: 6000, rate: 500 }, { clients: 100 }),
        run('idle-clients', 'reactor', { perIdleClient: 6000, rate: 400 }, { clients: 10_000 }),
      ],
    );
    expect(choice).toEqual(['reactor']);
  });

  test('on crashes goes by clients lost, and by the time only among those that lose as few', () => {
    const { choice } = advice(
      'A crash must take as few clients as possible',
      [having('crash', 'clientsLost', 'secondsUntilServed')],
      [
        run('crash', 'reactor', { clientsLost: 4, secondsUntilServed: 0.01 }),
        run('crash', 'hybrid-nginx', { clientsLost: 1, secondsUntilServed: 2 }),
        run('crash', 'prefork', { clientsLost: 1, secondsUntilServed: 0.5 }),
      ],
    );
    expect(choice).toEqual(['prefork']);
  });

  test('on memory goes by all processes of the server', () => {
    const server = (mebibytes: number) => ({ server: serverUse({ pssBytes: mebibytes * 2 ** 20 }) });
    const { choice, because } = advice(
      'The least memory',
      [having('login', 'rate')],
      [...runs('login', 'prefork', [100], server(150)), ...runs('login', 'reactor', [10], server(50))],
    );
    expect(choice).toEqual(['reactor']);
    expect(because).toContain('reactor has 50 MiB (login, memory (PSS)). The best of the others: prefork (33%).');
  });

  test('on simplicity takes the first in the order of the book that is half as good as the best everywhere', () => {
    const workloads = [having('login', 'rate'), having('listing', 'rate')];
    const all = [
      ...runs('login', 'serial', [100]),
      ...runs('listing', 'serial', [49]),
      ...runs('login', 'prefork', [60]),
      ...runs('listing', 'prefork', [50]),
      ...runs('login', 'reactor', [100]),
      ...runs('listing', 'reactor', [100]),
    ];
    expect(advice('The simplest that does', workloads, all).choice).toEqual(['prefork']);
    const bad = [
      ...runs('login', 'serial', [100]),
      ...runs('login', 'prefork', [10]),
      ...runs('listing', 'serial', [10]),
      ...runs('listing', 'prefork', [100]),
    ];
    expect(advice('The simplest that does', workloads, bad)).toMatchObject({
      choice: [],
      because: expect.stringMatching(/^No architecture is good enough at all of it\./),
    });
  });

  test('chooses only among names of our architectures', () => {
    const known = new Set<string>(architectures.map(({ name }) => name));
    for (const { choice } of summarize(fullRecord()).advice) for (const name of choice) expect(known).toContain(name);
  });
});
