import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { untilServedAgain } from '../../bench/workloads/outage.ts';
import { workloads } from '../../bench/workloads/registry.ts';
import type { Setting } from '../../bench/workloads/workload.ts';

const setting: Setting = {
  server: { address: '127.0.0.1', port: 21 },
  clients: 2,
  seconds: 1,
  warmUpSeconds: 0,
  pathOf: (name) => `files/${name}`,
  sha256Of: (name) => `digest of ${name}`,
};

describe.each(workloads)('the workload $name', (workload) => {
  const loads = workload.loads(setting);

  test('asks for no file that it does not offer', () => {
    const offered = workload.files.map(({ name }) => setting.pathOf(name));
    const steps = [loads.measured, loads.beside].flatMap((plan) =>
      plan && 'operation' in plan ? [...plan.prepare, ...plan.operation] : [],
    );
    const read = steps.flatMap((step) =>
      'path' in step && step.do !== 'store' && step.do !== 'delete' ? [step.path] : [],
    );
    expect(offered).toEqual(expect.arrayContaining(read));
  });

  test('is plain data for the process of the clients', () => {
    expect(structuredClone(loads)).toEqual(loads);
  });

  test('tells of a number of clients that it has', () => {
    for (const extent of [workload.quick, workload.full]) {
      if (extent) expect(extent.clients).toContain(extent.headlineClients);
    }
  });

  test('has one name for each figure', () => {
    const keys = workload.figures.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('asks a question', () => {
    expect(workload.question).toMatch(/\?$/);
  });
});

test('every claim of the book that a workload names is one that is judged', () => {
  const judged = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
  const claims = [...new Set(workloads.flatMap(({ claims }) => claims))];
  for (const claim of claims) expect(judged).toMatch(new RegExp(`^\\| ${claim} `, 'm'));
});

describe('how long a crash lasts', () => {
  const of = (operations: number[]) => untilServedAgain({ everyMs: 50, operations, errors: [] }, 200);

  test('is until the rate is back at three quarters', () => {
    expect(of([10, 10, 10, 10, 0, 0, 3, 8, 10])).toBeCloseTo(0.15);
  });

  test('is nothing when the rate has not gone down', () => {
    expect(of([10, 10, 10, 10, 9, 11, 10])).toBe(0);
  });

  test('is not known when the rate has not come back', () => {
    expect(of([10, 10, 10, 10, 0, 0, 3, 2])).toBeUndefined();
  });
});
