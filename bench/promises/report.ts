import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { suggestion } from '../../src/cli/closest-word.ts';

/** One thing that was measured. A row without a bound informs and cannot fail. */
export interface Measurement {
  readonly name: string;
  readonly value: number | string;
  readonly unit?: string;
  /** The value must not exceed it; or, for a text, must equal it. */
  readonly bound?: number | string;
  /** In place of `bound`: the value must not be less. */
  readonly atLeast?: number;
}

export interface BenchOptions {
  readonly title: string;
  /** For --help: what it does and shows. */
  readonly description: string;
  /** Numbers that the command line may change, with what they are by default. */
  readonly numbers?: Readonly<Record<string, { readonly default: number; readonly description: string }>>;
  /** The same for lists of words, which the command line gives with commas between them. */
  readonly lists?: Readonly<Record<string, { readonly default: readonly string[]; readonly description: string }>>;
  /** Words that the command line may have without an option: some of these, or none for all of them. With what they are. */
  readonly choices?: Readonly<Record<string, string>>;
}

export type Numbers = (name: string) => number;
export type Lists = (name: string) => readonly string[];

/**
 * Runs a benchmark from the command line: prints its measurements as they come, and sets the exit code to 1 when one of
 * them is out of bounds.
 */
export async function runBench(
  options: BenchOptions,
  measure: (
    numbers: Numbers,
    note: (text: string) => void,
    lists: Lists,
    chosen: readonly string[],
  ) => AsyncIterable<Measurement>,
): Promise<void> {
  const known = Object.entries(options.numbers ?? {});
  const lists = Object.entries(options.lists ?? {});
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...Object.fromEntries([...known, ...lists].map(([name]) => [name, { type: 'string' as const }])),
    },
    allowPositionals: options.choices !== undefined,
  });
  if (values.help) {
    process.stdout.write(help(options));
    return;
  }
  const given = values as Record<string, unknown>;
  const numbers = new Map(known.map(([name, number]) => [name, wholeNumber(name, given[name] ?? number.default)]));
  const words = new Map(lists.map(([name, list]) => [name, (given[name] as string)?.split(',') ?? list.default]));
  const choices = Object.keys(options.choices ?? {});
  const unknown = positionals.filter((word) => !choices.includes(word));
  if (unknown.length > 0) {
    const told = unknown.map((word) => `${word}${suggestion(word, choices)}`).join(', ');
    process.stderr.write(`Not known: ${told}. There are: ${choices.join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  const say = (line: string) => void (values.json || process.stdout.write(`${line}\n`));

  say(`${options.title}\n${Object.values(machine()).join(' · ')}\n`);
  const rows: (Measurement & { passed?: boolean })[] = [];
  const measurements = measure(
    (name) => numbers.get(name)!,
    say,
    (name) => words.get(name)!,
    positionals.length > 0 ? positionals : choices,
  );
  for await (const row of measurements) {
    const passed = row.bound === undefined && row.atLeast === undefined ? undefined : isWithin(row);
    rows.push({ ...row, ...(passed !== undefined && { passed }) });
    say(formatRow(row, passed));
  }
  const passed = rows.every((row) => row.passed !== false);
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ bench: options.title, machine: machine(), passed, rows }, undefined, 2)}\n`,
    );
  }
  process.exitCode = passed ? 0 : 1;
}

function isWithin({ value, bound, atLeast }: Measurement): boolean {
  if (atLeast !== undefined) return typeof value === 'number' && value >= atLeast;
  return typeof value === 'number' && typeof bound === 'number' ? value <= bound : value === bound;
}

function formatRow({ name, value, unit = '', bound, atLeast }: Measurement, passed: boolean | undefined): string {
  const shown = `${typeof value === 'number' ? formatNumber(value) : value} ${unit}`.trimEnd();
  const limit = formatLimit(bound, atLeast, unit);
  const verdict = passed === undefined ? '' : passed ? 'PASS' : 'FAIL';
  return `${name.padEnd(58)} ${shown.padStart(16)}  ${limit.padEnd(16)} ${verdict}`.trimEnd();
}

function formatLimit(bound: Measurement['bound'], atLeast: number | undefined, unit: string): string {
  if (atLeast !== undefined) return `≥ ${formatNumber(atLeast)} ${unit}`.trimEnd();
  return typeof bound === 'number' ? `≤ ${formatNumber(bound)} ${unit}`.trimEnd() : (bound ?? '');
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}

function machine(): Record<'processor' | 'memory' | 'system' | 'node', string> {
  return {
    processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()}`,
    node: `Node ${process.versions.node}`,
  };
}

function wholeNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= 0) throw new TypeError(`--${name} takes a whole number above 0`);
  return number;
}

function help({ title, description, numbers = {}, lists = {}, choices = {} }: BenchOptions): string {
  const rows = [
    ...Object.entries(numbers).map(([name, number]) => [`--${name} N`, `${number.description} (${number.default})`]),
    ...Object.entries(lists).map(([name, list]) => [
      `--${name} A,B`,
      `${list.description} (${list.default.join(',')})`,
    ]),
    ['--json', 'the measurements as JSON'],
    ['--help', 'this text'],
  ];
  const list = (pairs: string[][]) => pairs.map(([word, text]) => `  ${word!.padEnd(20)} ${text}\n`).join('');
  const words = Object.entries(choices);
  const some = words.length > 0 ? `Some of these may be named; otherwise all run:\n${list(words)}\n` : '';
  return `${title}\n\n${description.trim()}\n\n${some}Options:\n${list(rows)}\nExit code 1 when a bound is not kept.\n`;
}
