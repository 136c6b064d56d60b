import { describe, expect, test } from 'vitest';
import { verdict } from '../../../bench/report/verdict.ts';
import { CANDIDATES, madeUpRecord } from './made-up-record.ts';
import { madeUpSummary } from './made-up-summary.ts';

const { workloads } = madeUpSummary(madeUpRecord());

function saidOf(name: string): string {
  const summary = workloads.find(({ workload }) => workload.name === name)!;
  return verdict(summary, CANDIDATES)
    .text.replaceAll(/<[^>]*>/g, '')
    .replaceAll('\u00a0', ' ');
}

describe('the verdict on a workload', () => {
  test('names the best, the last and the best of the other servers', () => {
    expect(saidOf('short-sessions')).toBe(
      'Best: hybrid-nginx, 4,050/s (4,030–4,100/s). Last: process-per-connection, 30.6/s (a factor of 132). ' +
        'Of the other servers pyftpdlib does best, 2,100/s (48% less).',
    );
  });

  test('does not part those whose ranges overlap', () => {
    expect(saidOf('idle-clients')).toContain('Level with it, as their ranges overlap: hybrid-eventmachine.');
    expect(saidOf('crash')).toContain(
      'Level with it, as their ranges overlap: process-per-connection, thread-per-connection, prefork, thread-pool, and hybrid-puma.',
    );
  });

  test('says how far the best of the others is away, and in which direction', () => {
    expect(saidOf('idle-clients')).toContain('pyftpdlib does best, 27.9 KiB/client (worse by a factor of 2.36)');
    expect(saidOf('crash')).toContain('vsftpd does best, 1 (too close to tell apart)');
  });

  test('says when small differences say nothing', () => {
    expect(saidOf('large-stor')).toMatch(/The repetitions lie far apart, so that small differences say nothing\.$/);
    expect(saidOf('large-retr')).not.toContain('far apart');
  });

  test('says when nobody was measured', () => {
    const summary = { ...workloads[0]!, headlineCells: [] };
    expect(verdict(summary, CANDIDATES).text).toContain('No architecture was measured here.');
  });
});
