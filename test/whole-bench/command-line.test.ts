import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { processTree } from '../../bench/measure/process-tree.ts';
import type { BenchRecord } from '../../bench/record/record.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/bench/main.js', import.meta.url));
const LITTLE = ['--architectures', 'serial,reactor', '--duration', '0.2', '--repetitions', '1'];

async function bench(...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

async function recordIn(folder: string): Promise<BenchRecord> {
  const name = (await readdir(folder)).find((each) => each.endsWith('.json'))!;
  return JSON.parse(await readFile(join(folder, name), 'utf8')) as BenchRecord;
}

test('a bench leaves a page, a text and its results, and says where', { timeout: 60_000 }, async () => {
  const folder = await temporaryDirectory();
  const { code, out, err } = await bench(...LITTLE, '--workloads', 'login,large-retr', '--output', folder);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(await readdir(folder)).toEqual([expect.stringMatching(/\.json$/), 'index.html', 'report.md']);
  expect(out).toMatch(/The load clients can do at the most: sessions .*\/s/);
  expect(out).toContain(join(folder, 'index.html'));
  const { status, runs } = await recordIn(folder);
  expect(status).toBe('complete');
  expect(runs.map(({ workload, candidate, outcome }) => [workload, candidate, outcome])).toEqual([
    ['login', 'serial', 'ok'],
    ['login', 'reactor', 'ok'],
    ['large-retr', 'serial', 'ok'],
    ['large-retr', 'reactor', 'ok'],
  ]);
  const report = await readFile(join(folder, 'report.md'), 'utf8');
  expect(report).toContain('| reactor');

  const another = join(folder, 'another');
  const results = (await readdir(folder)).find((name) => name.endsWith('.json'))!;
  expect(await bench('report', join(folder, results), '--output', another)).toMatchObject({ code: 0, err: '' });
  expect(await readFile(join(another, 'report.md'), 'utf8')).toBe(report);
});

test('Ctrl-C leaves a report that says so, and no process', { timeout: 60_000 }, async () => {
  const folder = await temporaryDirectory();
  const args = ['--architectures', 'prefork', '--workloads', 'login', '--repetitions', '1000', '--output', folder];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => {
    let said = '';
    // Two rounds have been measured when the third begins.
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.includes('3 of 1000')) resolve();
    });
  });
  const started = processTree(child.pid!);
  expect(started.length).toBeGreaterThan(1);
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  const { status, runs } = await recordIn(folder);
  expect(status).toBe('interrupted');
  expect(runs.length).toBeGreaterThanOrEqual(2);
  expect(started.filter(isRunning)).toEqual([]);
});

/** One that has ended may wait in vain for a parent to ask for its exit code, where the first process of the machine does not. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

describe('the command line', () => {
  test.each([
    [
      ['--workloads', 'short-session'],
      "unknown workload 'short-session' (did you mean short-sessions?); there are login, ",
    ],
    [['--architectures', 'pre-fork'], "unknown architecture 'pre-fork' (did you mean prefork?); there are serial, "],
    [['--peers', 'vsftp'], "unknown peer 'vsftp' (did you mean vsftpd?); there are vsftpd, "],
    [['--duration', '0'], 'It takes seconds'],
    [['--fulll'], 'Did you mean --full?'],
  ])('answers %j with what it was probably meant to be', async (args, answer) => {
    const { code, err } = await bench(...args);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(answer) });
  });

  test('tells in one line what is wrong with a file of results', async () => {
    const folder = await temporaryDirectory();
    const broken = join(folder, 'broken.json');
    await writeFile(broken, '{"format": 1, "began": ');
    const { code, err } = await bench('compare', broken, broken);
    expect({ code, lines: err.trimEnd().split('\n') }).toEqual({
      code: 1,
      lines: [expect.stringContaining(broken)],
    });
  });

  test('explains itself', async () => {
    const { code, out } = await bench('--help');
    expect(code).toBe(0);
    for (const word of ['--full', '--peers', '--duration', '--connections', '--output', 'compare', 'report']) {
      expect(out).toContain(word);
    }
  });
});
