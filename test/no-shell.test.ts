import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** Every line of src that matches, as `file: line`. */
function linesWith(pattern: RegExp): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.sort().flatMap((name) => {
    const lines = readFileSync(join(SRC, name), 'utf8').split('\n');
    return lines.filter((line) => pattern.test(line)).map((line) => `${name}: ${line.trim()}`);
  });
}

test('S17: processes are started where units are, without a shell, and with nothing that a client has said', () => {
  expect(linesWith(/from 'node:child_process'|import\('node:child_process'\)/)).toEqual([
    "runtime/carrier.ts: import { spawn } from 'node:child_process';",
    "runtime/wire.ts: import type { ChildProcess } from 'node:child_process';",
  ]);
  const starts = linesWith(/\bspawn\(/);
  expect(starts).toHaveLength(1);
  // The program of this process again, with a list of arguments that no shell takes apart.
  expect(starts[0]).toMatch(/^runtime\/carrier\.ts: const child = spawn\(process\.execPath, \[/);
  expect(linesWith(/\bshell\s*:|\beval\(|new Function\(/)).toEqual([]);
});

test('S17: no name is looked up but the one to listen on, and no address of a client', () => {
  expect(linesWith(/node:dns|\blookupService\(|\.reverse\([^)]/)).toEqual([
    "runtime/bind-and-listen.ts: const { lookup } = await import('node:dns/promises');",
  ]);
});
